package ser.features.audio;

import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Locale;

/** The kind of a file, by its first bytes. */
enum FileKind {
  WAV("WAV audio"),
  FLAC("FLAC audio"),
  ID3("audio with an ID3 tag"),
  EMPTY("an empty file"),
  MP3("MP3 audio"),
  AAC("AAC audio"),
  VORBIS("Ogg Vorbis audio"),
  OPUS("Ogg Opus audio"),
  OGG("Ogg audio or video, neither Vorbis nor Opus"),
  MP4("MP4 or M4A audio or video"),
  AIFF("AIFF audio"),
  AU("Sun AU audio"),
  BIG_ENDIAN_WAV("big-endian WAV audio (RIFX)"),
  OTHER_RIFF("a RIFF file that is not WAV"),
  WAVE64("Sony Wave64 audio"),
  SPHERE("NIST SPHERE audio"),
  MATROSKA("Matroska or WebM audio or video"),
  WMA("Windows Media audio"),
  CAF("Core Audio (CAF)"),
  AMR("AMR audio"),
  WAVPACK("WavPack audio"),
  APE("Monkey's Audio"),
  DSD("DSD audio"),
  TTA("True Audio"),
  OTHER_IFF("an IFF file that is not AIFF"),
  GIT_LFS("a git-lfs pointer, which stands for a file that was not downloaded"),
  ZIP("a ZIP archive"),
  GZIP("a gzip archive"),
  NUMPY("a NumPy array"),
  PDF("a PDF document"),
  PNG("a PNG image"),
  TEXT("text"),
  ZEROS("nothing but zero bytes"),
  UNKNOWN("of an unknown format");

  private final String description;

  FileKind(String description) {
    this.description = description;
  }

  /** {@return its name, to follow "seems to be"} */
  String description() {
    return description;
  }

  /** {@return whether it is audio, or may contain it} */
  boolean isAudio() {
    return EnumSet.range(WAV, TTA).contains(this);
  }

  /** {@return the way to readable audio, to follow the description} */
  String remedy(String name) {
    String artefact =
        switch (this) {
          case MP3 -> "ser-audio-codecs and javazoom:jlayer";
          case AAC, MP4, VORBIS, OPUS -> "ser-audio-codecs";
          default -> "";
        };
    if (this == GIT_LFS) {
      return "get the file with: git lfs pull";
    }
    if (!isAudio()) {
      return "expected WAV or FLAC audio";
    }
    return artefact.isEmpty()
        ? "expected WAV or FLAC audio, " + conversion(name)
        : "add %s to the class path to read it, or %s".formatted(artefact, conversion(name));
  }

  /** {@return the command that makes a file readable, to follow "expected ..., "} */
  static String conversion(String name) {
    int dot = name.lastIndexOf('.');
    String stem = dot > name.lastIndexOf('/') + 1 ? name.substring(0, dot) : name;
    String converted =
        stem + (name.toLowerCase(Locale.ROOT).endsWith(".wav") ? "-16k.wav" : ".wav");
    return "convert it: ffmpeg -i %s -ac 1 -ar 16000 %s".formatted(quoted(name), quoted(converted));
  }

  private static String quoted(String name) {
    return name.matches("[\\w./:+,@%=-]*") ? name : "'" + name.replace("'", "'\\''") + "'";
  }

  /**
   * Recognises a file.
   *
   * @param head the first bytes of a file, some 64
   */
  static FileKind of(byte[] head) {
    if (head.length == 0) {
      return EMPTY;
    }
    String start = new String(head, StandardCharsets.ISO_8859_1);
    if (start.startsWith("RIFF") || start.startsWith("RF64") || start.startsWith("BW64")) {
      // A file cut off before its form type is still best described as a damaged WAV.
      return start.length() < 12 || start.startsWith("WAVE", 8) ? WAV : OTHER_RIFF;
    }
    int second = head.length > 1 ? head[1] & 0xff : 0;
    if (head[0] == (byte) 0xff && (second & 0xf6) == 0xf0) {
      return AAC;
    }
    if (head[0] == (byte) 0xff && (second & 0xe0) == 0xe0 && (second & 0x06) != 0) {
      return MP3;
    }
    if (start.startsWith("ftyp", 4)) {
      return MP4;
    }
    if (start.startsWith("OggS")) {
      // The first page holds the first packet alone, behind one entry of its segment table.
      return start.startsWith("OpusHead", 28)
          ? OPUS
          : start.startsWith("\u0001vorbis", 28) ? VORBIS : OGG;
    }
    if (start.startsWith("FORM")) {
      return start.length() < 12 || start.startsWith("AIF", 8) ? AIFF : OTHER_IFF;
    }
    return byPrefix(start);
  }

  private static FileKind byPrefix(String start) {
    record Magic(String prefix, FileKind kind) {}
    Magic[] known = {
      new Magic("fLaC", FLAC),
      new Magic("ID3", ID3),
      new Magic(".snd", AU),
      new Magic("RIFX", BIG_ENDIAN_WAV),
      new Magic("riff", WAVE64),
      new Magic("NIST_1A", SPHERE),
      new Magic("\u001aE\u00df\u00a3", MATROSKA),
      new Magic("0&\u00b2u", WMA),
      new Magic("caff", CAF),
      new Magic("#!AMR", AMR),
      new Magic("wvpk", WAVPACK),
      new Magic("MAC ", APE),
      new Magic("DSD ", DSD),
      new Magic("TTA1", TTA),
      new Magic("version https://git-lfs", GIT_LFS),
      new Magic("PK\u0003\u0004", ZIP),
      new Magic("\u001f\u008b", GZIP),
      new Magic("\u0093NUMPY", NUMPY),
      new Magic("%PDF", PDF),
      new Magic("\u0089PNG", PNG),
    };
    for (Magic magic : known) {
      if (start.startsWith(magic.prefix)) {
        return magic.kind;
      }
    }
    if (start.chars().allMatch(c -> c == 0)) {
      return ZEROS;
    }
    boolean printable =
        start.chars().allMatch(c -> c == '\t' || c == '\n' || c == '\r' || c >= ' ');
    return printable && start.chars().filter(c -> c < 0x7f).count() > start.length() / 2
        ? TEXT
        : UNKNOWN;
  }
}
