package ser.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import ser.cli.BundledFiles;
import ser.cli.Cli;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The server in a process of its own, until a signal. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "no signals to send")
class ServeLaunchTests {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Pattern LISTENING = Pattern.compile("ser: listening on (http\\S+/)");

  private static URI address(JavaProcess process) throws InterruptedException {
    Instant deadline = Instant.now().plus(PATIENCE);
    while (true) {
      Matcher listening = LISTENING.matcher(process.err());
      if (listening.find()) {
        return URI.create(listening.group(1));
      }
      assertThat(process.endsWithin(Duration.ofMillis(20))).as(process.err()).isFalse();
      assertThat(Instant.now()).isBefore(deadline);
    }
  }

  private static String post(HttpClient client, URI uri, Path clip) throws Exception {
    return client
        .send(
            HttpRequest.newBuilder(uri.resolve("/v1/recognize"))
                .POST(BodyPublishers.ofFile(clip))
                .build(),
            BodyHandlers.ofString())
        .body();
  }

  @ParameterizedTest
  @EnumSource
  void theServerAnswersAsPredictDoesAndEndsAtASignal(Layout layout, @TempDir Path folder)
      throws Exception {
    Path clip = BundledFiles.clips().get(0);
    Cli predicted = JavaProcess.run(folder, layout.ser("predict", "--json", clip.toString()));
    JsonNode expected = JsonMapper.shared().readTree(predicted.out());
    try (JavaProcess process =
        JavaProcess.start(folder, Map.of(), layout.ser("serve", "--port", "0"))) {
      URI uri = address(process);
      JsonNode result =
          JsonMapper.shared()
              .readTree(post(HttpClient.newHttpClient(), uri, clip))
              .get("results")
              .get(0);
      assertThat(result.get("emotion")).isEqualTo(expected.get("emotion"));
      assertThat(result.get("probabilities")).isEqualTo(expected.get("probabilities"));

      String pid = Long.toString(process.pid());
      assertThat(new ProcessBuilder("kill", "-TERM", pid).start().waitFor()).isZero();
      Cli cli = process.end();
      assertThat(cli.code()).isEqualTo(143);
      assertThat(cli.err()).endsWith("ser: stopping, once the requests under way are done\n");
      assertThat(cli.out().lines())
          .hasSize(1)
          .allMatch(line -> line.contains("\"path\":\"/v1/recognize\""));
    }
  }

  @Test
  void httpsIsServedWithAKeyStore(@TempDir Path folder) throws Exception {
    Path store = folder.resolve("store.p12");
    Path password = Files.writeString(folder.resolve("password"), "a password\n");
    makeKeyStore(store);
    try (JavaProcess process =
        JavaProcess.start(
            folder,
            Map.of(),
            Layout.CLASS_PATH.ser(
                "serve",
                "--port",
                "0",
                "--tls-keystore",
                store.toString(),
                "--tls-password-file",
                password.toString()))) {
      URI uri = address(process);
      assertThat(uri.getScheme()).isEqualTo("https");
      HttpClient client = HttpClient.newBuilder().sslContext(trustingAll()).build();
      assertThat(post(client, uri, BundledFiles.clips().get(0))).contains("\"emotion\":");
    }
  }

  private static void makeKeyStore(Path store) throws IOException, InterruptedException {
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home", ""), "bin", "keytool").toString(),
                "-genkeypair",
                "-keystore",
                store.toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                "a password",
                "-keyalg",
                "EC",
                "-dname",
                "CN=127.0.0.1",
                "-ext",
                "san=ip:127.0.0.1")
            .inheritIO()
            .start();
    assertThat(keytool.waitFor()).isZero();
  }

  /** The certificate of the test is signed by nobody. */
  private static SSLContext trustingAll() throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    TrustManager all =
        new X509TrustManager() {
          @Override
          public void checkClientTrusted(X509Certificate[] chain, String type) {}

          @Override
          public void checkServerTrusted(X509Certificate[] chain, String type) {}

          @Override
          public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
          }
        };
    context.init(null, new TrustManager[] {all}, new SecureRandom());
    return context;
  }
}
