package ser.pipeline.modelpackage;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import ser.pipeline.io.Sha256;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The digest of a model's description, which {@code model.json} states under the key {@value #KEY}.
 *
 * <p>SHA-256 over the other keys and their values: keys in ascending order, numbers by their exact
 * value. White space, the order of keys and the way a number is spelled do not count; everything
 * else does, keys of later writers included.
 */
final class DescriptionDigest {
  /** The key of the digest. */
  static final String KEY = "descriptionSha256";

  private DescriptionDigest() {}

  /** {@return the digest of a description, whether or not it states one, in hexadecimal} */
  static String of(ObjectNode description) {
    Sha256 digest = new Sha256();
    ObjectNode covered = description.deepCopy();
    covered.remove(KEY);
    add(digest, covered);
    return digest.hex();
  }

  /** Types and lengths are added as well, so that no two descriptions give the same bytes. */
  private static void add(Sha256 digest, JsonNode node) {
    if (node.isObject()) {
      List<String> keys = new ArrayList<>(node.propertyNames());
      keys.sort(null);
      digest.add("{%d\n".formatted(keys.size()));
      for (String key : keys) {
        addText(digest, key);
        add(digest, node.get(key));
      }
    } else if (node.isArray()) {
      digest.add("[%d\n".formatted(node.size()));
      node.forEach(element -> add(digest, element));
    } else if (node.isNumber()) {
      digest.add("#%s\n".formatted(number(node)));
    } else if (node.isString()) {
      addText(digest, node.stringValue());
    } else {
      digest.add("%s\n".formatted(node)); // true, false and null
    }
  }

  private static void addText(Sha256 digest, String text) {
    digest.add("\"%d\n".formatted(text.length())).add(text);
  }

  /** Exact and the same on every Java, which the shortest decimal of a double is not. */
  private static String number(JsonNode node) {
    if (node.isIntegralNumber()) {
      return new BigDecimal(node.bigIntegerValue()).stripTrailingZeros().toString();
    }
    double value = node.doubleValue();
    return Double.isFinite(value)
        ? new BigDecimal(value).stripTrailingZeros().toString()
        : Double.toString(value);
  }
}
