package ser.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What may depend on what, in all modules. */
class ArchitectureTests {
  private static final String NAMES_THAT_SAY_NOTHING = ".*(Utils?|Manager|Helper)";

  private static final JavaClasses SER =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("ser");

  /** A rule about no classes would hold: each module has at least so many. */
  @ParameterizedTest
  @CsvSource({
    "ser.api.., 79",
    "ser.features.., 48",
    "ser.attention.., 10",
    "ser.backend.djl.., 11",
    "ser.onnx.., 7",
    "ser.pipeline.., 75",
    "ser.cli.., 30"
  })
  void everyModuleIsAnalysed(String packages, int floor) {
    assertThat(SER.that(resideInAPackage(packages))).hasSizeGreaterThanOrEqualTo(floor);
  }

  @Test
  void modulesFormLayers() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("api")
        .definedBy("ser.api..")
        .layer("features")
        .definedBy("ser.features..")
        .layer("attention")
        .definedBy("ser.attention..")
        .layer("backends")
        .definedBy("ser.backend..")
        .layer("onnx")
        .definedBy("ser.onnx..")
        .layer("pipeline")
        .definedBy("ser.pipeline..")
        .layer("examples")
        .definedBy("ser.cli..")
        .whereLayer("api")
        .mayNotAccessAnyLayer()
        .whereLayer("features")
        .mayOnlyAccessLayers("api")
        .whereLayer("attention")
        .mayOnlyAccessLayers("api")
        .whereLayer("backends")
        .mayOnlyAccessLayers("api")
        .whereLayer("backends")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("onnx")
        .mayOnlyAccessLayers("api")
        .whereLayer("onnx")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("pipeline")
        .mayOnlyAccessLayers("api", "features", "attention")
        .whereLayer("examples")
        .mayNotBeAccessedByAnyLayer()
        .check(SER);
  }

  /** That these packages come from java.base alone is in the module's descriptor. */
  @Test
  void theApiStandsOnJavaAlone() {
    classes()
        .that()
        .resideInAPackage("ser.api..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("ser.api..", "java..", "org.jspecify.annotations")
        .check(SER);
  }

  @Test
  void aBackendStandsOnTheApiAndItsEngineAlone() {
    classes()
        .that()
        .resideInAPackage("ser.backend.djl..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "ser.backend.djl..",
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
            "ser.api..",
            "java..",
            "org.nd4j..",
            "org.bytedeco.javacpp..",
            "org.jspecify.annotations")
        .check(SER);
  }

  @Test
  void theOnnxExportStandsOnTheApiAndProtocolBuffersAlone() {
    classes()
        .that()
        .resideInAPackage("ser.onnx..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "ser.onnx..",
            "ser.api..",
            "java..",
            "com.google.protobuf..",
            "org.jspecify.annotations")
        .check(SER);
    noClasses()
        .that()
        .resideOutsideOfPackage("ser.onnx..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("com.google.protobuf..")
        .check(SER);
  }

  @Test
  void anEngineIsKnownToItsBackendAlone() {
    noClasses()
        .that()
        .resideOutsideOfPackage("ser.backend.djl..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("ai.djl..")
        .check(SER);
    noClasses()
        .that()
        .resideOutsideOfPackage("ser.backend.dl4j..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.nd4j..", "org.deeplearning4j..")
        .check(SER);
  }

  @Test
  void jsonIsReadInThePipelineAndAboveAlone() {
    noClasses()
        .that()
        .resideOutsideOfPackages("ser.pipeline..", "ser.cli..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("tools.jackson..", "com.fasterxml.jackson..")
        .check(SER);
  }

  @Test
  void packagesFormNoCircle() {
    slices().matching("ser.(**)").should().beFreeOfCycles().check(SER);
  }

  @Test
  void namesSayWhatAThingIs() {
    noClasses().should().haveNameMatching(NAMES_THAT_SAY_NOTHING).check(SER);
    fields().should().haveNameNotMatching(NAMES_THAT_SAY_NOTHING).check(SER);
  }

  @Test
  void onlyTheCommandLineSpeaksToTheTerminal() {
    noClasses()
        .that()
        .resideOutsideOfPackage("ser.cli..")
        .should(ACCESS_STANDARD_STREAMS)
        .check(SER);
    noClasses()
        .that()
        .resideOutsideOfPackage("ser.cli..")
        .should()
        .callMethodWhere(
            describe(
                "the target is printStackTrace",
                call -> call.getTarget().getName().equals("printStackTrace")))
        .check(SER);
  }

  @Test
  void onlyTheCommandLineListensToTheMachine() {
    noClasses()
        .that()
        .resideOutsideOfPackage("ser.cli..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("javax.sound..", "java.awt..", "javax.swing..")
        .check(SER);
  }

  @Test
  void nothingIsSerialisedJavasWay() {
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
