package org.byoemail.support;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A real clamd, Debian's, on loopback, whose database is one signature of the tests' own: nothing
 * is downloaded.
 */
public final class ClamdServer extends ServiceProcess {
  /** What it takes for malware. */
  public static final String MALWARE = "byo-test-malware-signature";

  /** The name that it gives to it. */
  public static final String NAME = "Byo.Test.Signature.UNOFFICIAL";

  /** The largest mail that it scans, in bytes. */
  public static final int MAX_BYTES = 1 << 20;

  private static final Path PROGRAM = Requirements.unpacked("clamav-daemon/usr/sbin/clamd");

  /** Whether it is installed. */
  public static final class Installed implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      return Requirements.ofThisMachine().check(PROGRAM.toString());
    }
  }

  public ClamdServer(Path dir) {
    super("clamd", dir);
  }

  @Override
  List<String> command() throws IOException {
    Path database = Files.createDirectories(dir().resolve("database"));
    String bytes = HexFormat.of().formatHex(MALWARE.getBytes(StandardCharsets.US_ASCII));
    Files.writeString(database.resolve("own.ndb"), "Byo.Test.Signature:0:*:" + bytes + "\n");
    Path configuration = dir().resolve("clamd.conf");
    Files.writeString(
        configuration,
        """
        Foreground yes
        TCPAddr 127.0.0.1
        TCPSocket %d
        DatabaseDirectory %s
        StreamMaxLength %d
        """
            .formatted(port(), database, MAX_BYTES));
    return List.of(PROGRAM.toString(), "--config-file=" + configuration);
  }

  @Override
  Map<String, String> environment() {
    String folders =
        List.of("libclamav12", "libmspack0").stream()
            .map(one -> Requirements.unpacked(one).resolve("usr/lib"))
            .map(lib -> lib.resolve("x86_64-linux-gnu") + ":" + lib.resolve("aarch64-linux-gnu"))
            .reduce((one, other) -> one + ":" + other)
            .orElseThrow();
    return Map.of("LD_LIBRARY_PATH", folders);
  }
}
