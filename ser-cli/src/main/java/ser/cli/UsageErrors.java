package ser.cli;

import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;
import ser.cli.output.ControlCharacters;

/**
 * Reports wrong usage: the mistake, then the likely word or where the usage is described. In the
 * place of a command, an unknown word is named as such.
 */
final class UsageErrors implements IParameterExceptionHandler {
  @Override
  public int handleParseException(ParameterException failure, String[] arguments) {
    CommandLine line = failure.getCommandLine();
    PrintWriter err = line.getErr();
    err.println(ControlCharacters.escape(message(failure)));
    if (!UnmatchedArgumentException.printSuggestions(failure, err)) {
      if (line.getParent() == null) {
        line.usage(err);
      } else {
        err.printf("See 'ser %s --help'.%n", line.getCommandName());
      }
    }
    return CommandLine.ExitCode.USAGE;
  }

  private static String message(ParameterException failure) {
    CommandLine line = failure.getCommandLine();
    if (failure instanceof UnmatchedArgumentException unmatched && line.getParent() == null) {
      List<String> words = unmatched.getUnmatched();
      String first = words.isEmpty() ? "" : words.get(0);
      if (!first.startsWith("-")) {
        return "Unknown command '%s'".formatted(first);
      }
    }
    return String.valueOf(failure.getMessage());
  }
}
