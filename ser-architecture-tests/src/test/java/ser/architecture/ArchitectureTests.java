package ser.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_THROW_GENERIC_EXCEPTIONS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The permitted dependencies of all modules. */
class ArchitectureTests {
  private static final String UNINFORMATIVE_NAMES = ".*(Utils?|Manager|Helper)";

  private static final JavaClasses SER =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .withImportOption(location -> !location.contains("-tests.jar"))
          .importPackages("ser");

  /**
   * A slice for each package. {@code ser.api} and {@code ser.api.spi} are one, as {@code
   * java.nio.file} and its {@code spi} are: the API's entry point loads through the SPI, which
   * returns the API's types.
   */
  private static final SliceAssignment BY_PACKAGE =
      new SliceAssignment() {
        @Override
        public SliceIdentifier getIdentifierOf(JavaClass type) {
          String name = type.getPackageName();
          return SliceIdentifier.of(name.equals("ser.api.spi") ? "ser.api" : name);
        }

        @Override
        public String getDescription() {
          return "packages";
        }
      };

  /** A rule about no classes would hold: each module has at least so many. */
  @ParameterizedTest
  @CsvSource({
    "ser.api.., 19",
    "ser.graph.., 70",
    "ser.features.., 60",
    "ser.audio.codecs.., 15",
    "ser.encoders.., 3",
    "ser.attention.., 10",
    "ser.reference.., 35",
    "ser.conformance.., 70",
    "ser.backend.djl.., 14",
    "ser.backend.dl4j.., 25",
    "ser.onnx.., 7",
    "ser.pipeline.., 85",
    "ser.report.., 30",
    "ser.server.., 20",
    "ser.model.base.., 1",
    "ser.cli.., 45",
    "ser.examples.., 4",
    "ser.benchmarks.., 45"
  })
  void everyModuleIsAnalysed(String packages, int floor) {
    assertThat(SER.that(resideInAPackage(packages))).hasSizeGreaterThanOrEqualTo(floor);
  }

  /** The modules above say whom they may use; nobody uses a backend or the ONNX export. */
  @Test
  void modulesFormLayers() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("api")
        .definedBy("ser.api..")
        .layer("graph")
        .definedBy("ser.graph..")
        .layer("features")
        .definedBy("ser.features..")
        .layer("codecs")
        .definedBy("ser.audio.codecs..")
        .layer("encoders")
        .definedBy("ser.encoders..")
        .layer("attention")
        .definedBy("ser.attention..")
        .layer("reference")
        .definedBy("ser.reference..")
        .layer("conformance")
        .definedBy("ser.conformance..")
        .layer("djl")
        .definedBy("ser.backend.djl..")
        .layer("dl4j")
        .definedBy("ser.backend.dl4j..")
        .layer("onnx")
        .definedBy("ser.onnx..")
        .layer("pipeline")
        .definedBy("ser.pipeline..")
        .layer("report")
        .definedBy("ser.report..")
        .layer("server")
        .definedBy("ser.server..")
        .layer("model")
        .definedBy("ser.model..")
        .layer("cli")
        .definedBy("ser.cli..")
        .layer("examples")
        .definedBy("ser.examples..")
        .layer("benchmarks")
        .definedBy("ser.benchmarks..")
        .whereLayer("api")
        .mayNotAccessAnyLayer()
        .whereLayer("graph")
        .mayOnlyAccessLayers("api")
        .whereLayer("features")
        .mayOnlyAccessLayers("api")
        .whereLayer("codecs")
        .mayOnlyAccessLayers("features")
        .whereLayer("encoders")
        .mayOnlyAccessLayers("api", "features")
        .whereLayer("attention")
        .mayOnlyAccessLayers("api", "graph")
        .whereLayer("reference")
        .mayOnlyAccessLayers("api", "graph")
        .whereLayer("conformance")
        .mayOnlyAccessLayers("api", "graph", "reference", "attention")
        .whereLayer("djl")
        .mayOnlyAccessLayers("api", "graph")
        .whereLayer("dl4j")
        .mayOnlyAccessLayers("api", "graph")
        .whereLayer("onnx")
        .mayOnlyAccessLayers("api", "graph")
        .whereLayer("pipeline")
        .mayOnlyAccessLayers("api", "graph", "features", "attention")
        .whereLayer("report")
        .mayOnlyAccessLayers("api", "graph", "features", "attention", "pipeline")
        .whereLayer("server")
        .mayOnlyAccessLayers("api", "features", "pipeline")
        .whereLayer("model")
        .mayOnlyAccessLayers("api")
        .whereLayer("cli")
        .mayOnlyAccessLayers(
            "api", "graph", "features", "attention", "pipeline", "report", "server", "model")
        .whereLayer("examples")
        .mayOnlyAccessLayers("api", "graph", "attention")
        .whereLayer("benchmarks")
        .mayOnlyAccessLayers(
            "api", "graph", "features", "attention", "pipeline", "report", "server", "model", "cli")
        .check(SER);
  }

  /** That these packages come from java.base alone is in the module's descriptor. */
  @Test
  void theApiDependsOnJavaAlone() {
    classes()
        .that()
        .resideInAPackage("ser.api..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("ser.api..", "java..", "org.jspecify.annotations")
        .check(SER);
  }

  @Test
  void theGraphDependsOnTheApiAndJavaAlone() {
    classes()
        .that()
        .resideInAnyPackage("ser.graph..", "ser.attention..", "ser.reference..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "ser.graph..",
            "ser.attention..",
            "ser.reference..",
            "ser.api..",
            "java..",
            "org.jspecify.annotations")
        .check(SER);
  }

  @Test
  void aBackendDependsOnTheGraphAndItsEngineAlone() {
    classes()
        .that()
        .resideInAPackage("ser.backend.djl..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "ser.backend.djl..",
            "ser.graph..",
            "ser.api..",
            "java..",
            "ai.djl..",
            "com.sun.jna..",
            "org.jspecify.annotations")
        .check(SER);
    classes()
        .that()
        .resideInAPackage("ser.backend.dl4j..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "ser.backend.dl4j..",
            "ser.graph..",
            "ser.api..",
            "java..",
            "org.nd4j..",
            "org.bytedeco.javacpp..",
            "org.jspecify.annotations")
        .check(SER);
  }

  @Test
  void theOnnxExportDependsOnTheGraphAlone() {
    classes()
        .that()
        .resideInAPackage("ser.onnx..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "ser.onnx..", "ser.graph..", "ser.api..", "java..", "org.jspecify.annotations")
        .check(SER);
  }

  @Test
  void onlyABackendDependsOnItsEngine() {
    noClasses()
        .that()
        // The benchmarks read PyTorch's own profiler.
        .resideOutsideOfPackages("ser.backend.djl..", "ser.benchmarks..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("ai.djl..")
        .check(SER);
    noClasses()
        .that()
        .resideOutsideOfPackage("ser.backend.dl4j..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.nd4j..", "org.deeplearning4j..", "org.bytedeco..")
        .check(SER);
  }

  @Test
  void jsonIsReadInThePipelineAndAboveAlone() {
    noClasses()
        .that()
        .resideOutsideOfPackages("ser.pipeline..", "ser.server..", "ser.cli..", "ser.benchmarks..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("tools.jackson..", "com.fasterxml.jackson..")
        .check(SER);
  }

  @Test
  void packagesFormNoCycle() {
    slices().assignedFrom(BY_PACKAGE).should().beFreeOfCycles().check(SER);
  }

  @Test
  void namesAreInformative() {
    noClasses().should().haveNameMatching(UNINFORMATIVE_NAMES).check(SER);
    fields().should().haveNameNotMatching(UNINFORMATIVE_NAMES).check(SER);
  }

  @Test
  void onlyProgramsWriteToTheTerminal() {
    noClasses()
        .that()
        .resideOutsideOfPackages("ser.cli..", "ser.examples..", "ser.benchmarks..")
        .should(ACCESS_STANDARD_STREAMS)
        .check(SER);
    noClasses()
        .that()
        .resideOutsideOfPackages("ser.cli..", "ser.examples..", "ser.benchmarks..")
        .should()
        .callMethodWhere(
            describe(
                "the target is printStackTrace",
                call -> call.getTarget().getName().equals("printStackTrace")))
        .check(SER);
  }

  @Test
  void onlyTheCommandLineUsesSoundHardware() {
    noClasses()
        .that()
        // The benchmarks write WAV files with it.
        .resideOutsideOfPackages("ser.cli..", "ser.benchmarks..", "ser.report..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("javax.sound..", "java.awt..", "javax.swing..")
        .check(SER);
    // The pages encode images, which needs no display.
    noClasses()
        .that()
        .resideInAPackage("ser.report..")
        .should()
        .dependOnClassesThat(
            resideInAnyPackage("javax.sound..", "java.awt..", "javax.swing..")
                .and(resideOutsideOfPackage("java.awt.image..")))
        .check(SER);
  }

  @Test
  void noExceptionIsGeneric() {
    NO_CLASSES_SHOULD_THROW_GENERIC_EXCEPTIONS.check(SER);
  }

  @Test
  void nothingUsesJavaSerialisation() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .areAssignableTo(ObjectInputStream.class)
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(ObjectOutputStream.class)
        .check(SER);
  }
}
