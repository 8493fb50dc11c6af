package org.byoemail.support;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import redis.embedded.RedisExecProvider;

/** Redis with an append-only file: it finds its keys again when it is started again. */
public final class RedisProcess extends ServiceProcess {
  private String program = "";

  public RedisProcess(Path dir) {
    super("redis", dir);
  }

  public String url() {
    return "redis://127.0.0.1:" + port();
  }

  /** Forgets everything, as after the loss of its disk. */
  public void empty() {
    Command.run(
        List.of(
            "bash",
            "-c",
            "exec 3<>/dev/tcp/127.0.0.1/"
                + port()
                + "; printf 'FLUSHALL\\r\\n' >&3; head -c 5 <&3"));
  }

  @Override
  List<String> command() throws IOException {
    if (program.isEmpty()) {
      program = RedisExecProvider.defaultProvider().get().toString();
    }
    return List.of(
        program,
        "--bind",
        "127.0.0.1",
        "--port",
        String.valueOf(port()),
        "--dir",
        dir().toString(),
        "--appendonly",
        "yes",
        "--save",
        "");
  }
}
