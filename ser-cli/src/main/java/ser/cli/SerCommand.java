package ser.cli;

import java.io.PrintWriter;
import java.lang.module.ModuleDescriptor;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.UnmatchedArgumentException;
import ser.api.SerException;
import ser.cli.commands.AblateCommand;
import ser.cli.commands.BackendsCommand;
import ser.cli.commands.BenchCommand;
import ser.cli.commands.CalibrateCommand;
import ser.cli.commands.DemoCommand;
import ser.cli.commands.EvaluateCommand;
import ser.cli.commands.ExplainCommand;
import ser.cli.commands.ExportCommand;
import ser.cli.commands.FeaturesCommand;
import ser.cli.commands.ListenCommand;
import ser.cli.commands.PredictCommand;
import ser.cli.commands.ServeCommand;
import ser.cli.commands.TimelineCommand;
import ser.cli.commands.TrainCommand;
import ser.cli.commands.TrainVadCommand;
import ser.cli.commands.UsageException;
import ser.cli.output.ControlCharacters;
import ser.cli.output.NoReaderException;
import ser.cli.output.StandardOutput;

/** The command {@code ser}. */
@Command(
    name = "ser",
    description = "Speech emotion recognition with Focus- and Calibration-Attention.",
    mixinStandardHelpOptions = true,
    versionProvider = SerCommand.Version.class,
    scope = ScopeType.INHERIT,
    synopsisSubcommandLabel = "COMMAND",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:success", "1:something could not be done", "2:wrong usage"},
    subcommands = {
      DemoCommand.class,
      PredictCommand.class,
      TimelineCommand.class,
      ExplainCommand.class,
      ListenCommand.class,
      ServeCommand.class,
      TrainCommand.class,
      AblateCommand.class,
      EvaluateCommand.class,
      CalibrateCommand.class,
      TrainVadCommand.class,
      FeaturesCommand.class,
      ExportCommand.class,
      BackendsCommand.class,
      BenchCommand.class
    })
public final class SerCommand {
  /** The exit status of a program that SIGPIPE ended. */
  private static final int NO_READER = 141;

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "Show where errors come from.")
  private boolean verbose;

  /** For picocli. */
  SerCommand() {}

  /** Reads the version from the jar. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      // Of the module on the module path, of the jar on the class path.
      String version =
          Optional.ofNullable(SerCommand.class.getModule().getDescriptor())
              .flatMap(ModuleDescriptor::rawVersion)
              .or(
                  () ->
                      Optional.ofNullable(SerCommand.class.getPackage().getImplementationVersion()))
              .orElse("development");
      return new String[] {"ser " + version};
    }
  }

  /**
   * Runs a command and exits with its code.
   *
   * @param arguments the command and its options
   */
  public static void main(String[] arguments) {
    // Only results belong on standard output; a library that prints there must not mix with them.
    System.setOut(System.err);
    int code =
        run(
            new PrintWriter(new StandardOutput(), true, StandardCharsets.UTF_8),
            new PrintWriter(System.err, true, StandardCharsets.UTF_8),
            arguments);
    System.exit(code);
  }

  /**
   * Runs a command.
   *
   * @param out for results
   * @param err for errors and progress
   * @param arguments the command and its options
   * @return the exit code
   */
  public static int run(PrintWriter out, PrintWriter err, String... arguments) {
    return run(out, err, CommandLine.defaultFactory(), arguments);
  }

  /**
   * Runs a command that a factory makes.
   *
   * @param out for results
   * @param err for errors and progress
   * @param factory makes the commands
   * @param arguments the command and its options
   * @return the exit code
   */
  public static int run(
      PrintWriter out, PrintWriter err, CommandLine.IFactory factory, String... arguments) {
    SerCommand command = new SerCommand();
    CommandLine line =
        new CommandLine(command, factory)
            .setOut(out)
            .setErr(err)
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setParameterExceptionHandler(new UsageErrors())
            .setExecutionStrategy(SerCommand::execute)
            .setExecutionExceptionHandler(
                (failure, ignored, parsed) -> command.report(failure, err));
    try {
      int code = line.execute(arguments);
      if (out.checkError() && code == CommandLine.ExitCode.OK) {
        throw new SerException("The results cannot be written to the standard output");
      }
      return code;
    } catch (NoReaderException failure) {
      return NO_READER;
    } catch (SerException failure) {
      return command.report(failure, err);
    } catch (OutOfMemoryError | LinkageError failure) {
      // Neither is an exception, and picocli passes on nothing else.
      return command.report(failure, err);
    }
  }

  /** Runs the last command; with --help, picocli itself ignores a word that is no command. */
  private static int execute(CommandLine.ParseResult parsed) {
    if (!parsed.hasSubcommand() && !parsed.unmatched().isEmpty()) {
      throw new UnmatchedArgumentException(parsed.commandSpec().commandLine(), parsed.unmatched());
    }
    return new CommandLine.RunLast().execute(parsed);
  }

  private int report(Throwable failure, PrintWriter err) {
    if (failure instanceof NoReaderException) {
      return NO_READER;
    }
    err.println("ser: " + ControlCharacters.escape(message(failure).replaceAll("\\R", " ")));
    if (verbose) {
      failure.printStackTrace(err);
    }
    return failure instanceof UsageException
        ? CommandLine.ExitCode.USAGE
        : CommandLine.ExitCode.SOFTWARE;
  }

  /** Errors of the toolkit are sentences; anything else is named for what it is. */
  private static String message(Throwable failure) {
    if (failure instanceof SerException) {
      return String.valueOf(failure.getMessage());
    }
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof OutOfMemoryError) {
        return "out of memory; give Java more, for example with JAVA_TOOL_OPTIONS=-Xmx8g";
      }
    }
    return "unexpected failure, please report it with the output of --verbose: " + failure;
  }
}
