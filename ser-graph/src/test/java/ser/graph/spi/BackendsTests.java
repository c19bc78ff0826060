package ser.graph.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import ser.api.BackendException;
import ser.api.Device;

/** Discovery, with class paths made up by the thread's class loader. */
class BackendsTests {
  private MadeUpClassPath classPath;

  @BeforeEach
  void makeUpAClassPath(@TempDir Path folder) {
    classPath = new MadeUpClassPath(BackendProvider.class, folder);
  }

  @AfterEach
  void restoreTheClassPath() {
    classPath.close();
  }

  @Test
  void theHighestRankServes() {
    onTheClassPath(Slow.class, Fast.class, AlsoSlow.class);
    assertThat(Backends.best().name()).isEqualTo("fast");
    assertThat(Backends.providers())
        .extracting(BackendProvider::name)
        .as("equal ranks stand by name")
        .containsExactly("fast", "also-slow", "slow");
  }

  @Test
  void aNegativeRankServesOnlyThoseWhoNameIt() {
    onTheClassPath(Shy.class, Slow.class);
    assertThat(Backends.available()).extracting(BackendProvider::name).containsExactly("slow");
    assertThat(Backends.named("shy")).isInstanceOf(Shy.class);
    onTheClassPath(Shy.class);
    assertThat(Backends.named("shy")).isInstanceOf(Shy.class);
    assertThatThrownBy(Backends::best)
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("add ser-backend-djl or ser-backend-dl4j");
  }

  @Test
  void aBackendIsFoundByItsName() {
    onTheClassPath(Slow.class, Fast.class);
    assertThat(Backends.named("slow")).isInstanceOf(Slow.class);
  }

  @Test
  void anUnknownNameListsThoseFoundAndTheArtifactToAdd() {
    onTheClassPath(Slow.class, Fast.class);
    assertThatThrownBy(() -> Backends.named("dl4j"))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("'dl4j'")
        .hasMessageContaining("[fast, slow]")
        .hasMessageEndingWith("add ser-backend-dl4j");
  }

  @Test
  void aMistypedNameIsAnsweredWithTheLikelyOne() {
    onTheClassPath(Slow.class, Fast.class);
    assertThatThrownBy(() -> Backends.named("solw"))
        .isInstanceOf(BackendException.class)
        .hasMessage(
            "No backend 'solw' on the class path or module path; found [fast, slow]; did you mean 'slow'?");
    assertThatThrownBy(() -> Backends.named("FAST")).hasMessageEndingWith("did you mean 'fast'?");
    assertThatThrownBy(() -> Backends.named("dlj"))
        .hasMessageEndingWith("did you mean 'djl'? Add ser-backend-djl");
  }

  @Test
  void onlyArtefactsThatExistAreNamed() {
    onTheClassPath(Slow.class);
    assertThatThrownBy(() -> Backends.named("abacus"))
        .isInstanceOf(BackendException.class)
        .hasMessageEndingWith(
            "found [slow]; djl comes with ser-backend-djl, dl4j comes with ser-backend-dl4j");
  }

  @Test
  void aClassThatBothClassLoadersFindCountsOnce() {
    onTheClassPath(Slow.class, Slow.class, Fast.class);
    assertThat(Backends.providers()).hasSize(2);
  }

  @Test
  void aNameIsLowerCaseLettersDigitsAndHyphens() {
    onTheClassPath(Slow.class, Loud.class);
    assertThatThrownBy(Backends::providers)
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("'Loud One'")
        .hasMessageContaining(Loud.class.getName())
        .hasMessageContaining("lower-case letters");
  }

  @Test
  void withoutAnyBackendTheMessageSaysWhatToAdd() {
    onTheClassPath();
    assertThat(Backends.providers()).isEmpty();
    assertThatThrownBy(Backends::best)
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("add ser-backend-djl");
    assertThatThrownBy(() -> Backends.named("djl"))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("found []");
  }

  @Test
  void twoOfOneNameAreRefusedWithTheirClasses() {
    onTheClassPath(Slow.class, Impostor.class, Fast.class);
    assertThatThrownBy(() -> Backends.named("fast"))
        .as("whichever is asked for: the class path is at fault")
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("'slow'")
        .hasMessageContaining(Slow.class.getName())
        .hasMessageContaining(Impostor.class.getName());
  }

  @Test
  void aBrokenProviderIsReportedAsSuch() {
    onTheClassPath(Slow.class, Broken.class);
    assertThatThrownBy(Backends::best)
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("broken")
        .hasMessageContaining(Broken.class.getName());
    classPath.holds(List.of("no.such.Provider"));
    assertThatThrownBy(Backends::best)
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("no.such.Provider");
  }

  private void onTheClassPath(Class<?>... providers) {
    classPath.holds(Stream.of(providers).map(Class::getName).toList());
  }

  private abstract static class Provider implements BackendProvider {
    private final String name;
    private final int rank;

    Provider(String name, int rank) {
      this.name = name;
      this.rank = rank;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public int rank() {
      return rank;
    }

    @Override
    public String description() {
      throw new AssertionError("discovery must not load an engine");
    }

    @Override
    public List<Device> devices() {
      throw new AssertionError("discovery must not load an engine");
    }

    @Override
    public Backend open(BackendOptions options) {
      throw new AssertionError("discovery must not load an engine");
    }
  }

  /** A provider. */
  public static final class Slow extends Provider {
    /** For the service loader. */
    public Slow() {
      super("slow", 1);
    }
  }

  /** Another of the same rank. */
  public static final class AlsoSlow extends Provider {
    /** For the service loader. */
    public AlsoSlow() {
      super("also-slow", 1);
    }
  }

  /** Another of a higher rank. */
  public static final class Fast extends Provider {
    /** For the service loader. */
    public Fast() {
      super("fast", 2);
    }
  }

  /** One for those who name it. */
  public static final class Shy extends Provider {
    /** For the service loader. */
    public Shy() {
      super("shy", -1);
    }
  }

  /** Another of a name that is taken. */
  public static final class Impostor extends Provider {
    /** For the service loader. */
    public Impostor() {
      super("slow", 3);
    }
  }

  /** One whose name users cannot type easily. */
  public static final class Loud extends Provider {
    /** For the service loader. */
    public Loud() {
      super("Loud One", 1);
    }
  }

  /** Cannot be made. */
  public static final class Broken extends Provider {
    /** For the service loader. */
    public Broken() {
      super("broken", 4);
      throw new IllegalStateException("no engine");
    }
  }
}
