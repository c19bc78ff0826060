package ser.pipeline.training;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;
import java.util.Locale;
import ser.api.SerException;
import ser.features.augment.Bandwidth;
import ser.features.augment.ClipAugmentation;
import ser.features.augment.Clipping;
import ser.features.augment.Equalization;
import ser.features.augment.Gain;
import ser.features.augment.Noise;
import ser.features.augment.Offset;
import ser.features.augment.PacketLoss;
import ser.features.augment.Reverberation;
import ser.features.augment.Telephone;
import ser.features.augment.WithProbability;

/** The JSON of a {@link Corruption}, in recipes and training records. */
record CorruptionJson(double probability, int versions, List<StepJson> steps) {

  /** A step; its keys depend on its name. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "name")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = BabbleJson.class, name = "babble"),
    @JsonSubTypes.Type(value = BandwidthJson.class, name = "bandwidth"),
    @JsonSubTypes.Type(value = ClippingJson.class, name = "clipping"),
    @JsonSubTypes.Type(value = EqualizationJson.class, name = "equalization"),
    @JsonSubTypes.Type(value = GainJson.class, name = "gain"),
    @JsonSubTypes.Type(value = NoiseJson.class, name = "noise"),
    @JsonSubTypes.Type(value = OffsetJson.class, name = "offset"),
    @JsonSubTypes.Type(value = PacketLossJson.class, name = "packet-loss"),
    @JsonSubTypes.Type(value = ReverberationJson.class, name = "reverberation"),
    @JsonSubTypes.Type(value = TelephoneJson.class, name = "telephone")
  })
  sealed interface StepJson {
    Corruption.Step step();
  }

  record BabbleJson(double probability, int voices, double minSnrDb, double maxSnrDb)
      implements StepJson {
    @Override
    public Corruption.Step step() {
      return new Corruption.Voices(probability, voices, minSnrDb, maxSnrDb);
    }
  }

  record BandwidthJson(double probability, double minHz, double maxHz) implements StepJson {
    @Override
    public Corruption.Step step() {
      return change(probability, new Bandwidth(minHz, maxHz));
    }
  }

  record ClippingJson(double probability, double minDb, double maxDb) implements StepJson {
    @Override
    public Corruption.Step step() {
      return change(probability, new Clipping(minDb, maxDb));
    }
  }

  record EqualizationJson(double probability, double maxDb) implements StepJson {
    @Override
    public Corruption.Step step() {
      return change(probability, new Equalization(maxDb));
    }
  }

  record GainJson(double probability, double minDb, double maxDb) implements StepJson {
    @Override
    public Corruption.Step step() {
      return change(probability, new Gain(minDb, maxDb));
    }
  }

  record NoiseJson(double probability, String colour, double minSnrDb, double maxSnrDb)
      implements StepJson {
    @Override
    public Corruption.Step step() {
      return change(
          probability,
          new Noise(
              RecipeJson.choice(
                  "training.corruption.steps.colour",
                  colour,
                  Noise.Colour.values(),
                  CorruptionJson::text),
              minSnrDb,
              maxSnrDb));
    }
  }

  record OffsetJson(double probability, double max) implements StepJson {
    @Override
    public Corruption.Step step() {
      return change(probability, new Offset(max));
    }
  }

  record PacketLossJson(double probability, double min, double max) implements StepJson {
    @Override
    public Corruption.Step step() {
      return change(probability, new PacketLoss(min, max));
    }
  }

  record ReverberationJson(double probability, double minSeconds, double maxSeconds)
      implements StepJson {
    @Override
    public Corruption.Step step() {
      return change(probability, new Reverberation(minSeconds, maxSeconds));
    }
  }

  record TelephoneJson(double probability) implements StepJson {
    @Override
    public Corruption.Step step() {
      return change(probability, new Telephone());
    }
  }

  private static Corruption.Step change(double probability, ClipAugmentation augmentation) {
    return new Corruption.Change(new WithProbability(probability, augmentation));
  }

  static CorruptionJson of(Corruption corruption) {
    return new CorruptionJson(
        corruption.probability(),
        corruption.versions(),
        corruption.steps().stream().map(CorruptionJson::of).toList());
  }

  private static StepJson of(Corruption.Step step) {
    if (step instanceof Corruption.Voices babble) {
      return new BabbleJson(
          babble.probability(), babble.voices(), babble.minSnrDb(), babble.maxSnrDb());
    }
    WithProbability change = ((Corruption.Change) step).change();
    double probability = change.probability();
    ClipAugmentation augmentation = change.augmentation();
    if (augmentation instanceof Bandwidth bandwidth) {
      return new BandwidthJson(probability, bandwidth.minHz(), bandwidth.maxHz());
    }
    if (augmentation instanceof Clipping clipping) {
      return new ClippingJson(probability, clipping.minDb(), clipping.maxDb());
    }
    if (augmentation instanceof Equalization equalization) {
      return new EqualizationJson(probability, equalization.maxDb());
    }
    if (augmentation instanceof Gain gain) {
      return new GainJson(probability, gain.minDb(), gain.maxDb());
    }
    if (augmentation instanceof Noise noise) {
      return new NoiseJson(probability, text(noise.colour()), noise.minSnrDb(), noise.maxSnrDb());
    }
    if (augmentation instanceof Offset offset) {
      return new OffsetJson(probability, offset.max());
    }
    if (augmentation instanceof PacketLoss loss) {
      return new PacketLossJson(probability, loss.min(), loss.max());
    }
    if (augmentation instanceof Reverberation room) {
      return new ReverberationJson(probability, room.minSeconds(), room.maxSeconds());
    }
    if (augmentation instanceof Telephone) {
      return new TelephoneJson(probability);
    }
    throw new SerException(
        "training recipe, corruption: %s has no place in a recipe".formatted(augmentation));
  }

  private static String text(Noise.Colour colour) {
    return colour.name().toLowerCase(Locale.ROOT);
  }

  Corruption corruption() {
    return new Corruption(probability, versions, steps.stream().map(StepJson::step).toList());
  }
}
