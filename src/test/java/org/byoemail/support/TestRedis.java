package org.byoemail.support;

import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.test.context.DynamicPropertyRegistry;
import redis.embedded.RedisServer;

/** A Redis for this JVM, started at the first use. */
public final class TestRedis {
  private static final int PORT = FreePorts.next();
  private static final int DATABASES = 512;
  private static final AtomicInteger NUMBER = new AtomicInteger();

  static {
    RedisServer.builder()
        .port(PORT)
        .setting("bind 127.0.0.1")
        .setting("save \"\"")
        .setting("databases " + DATABASES)
        .build()
        .start();
  }

  private TestRedis() {}

  /**
   * Tells Spring of a database made for it: no context sees the keys of another. Notices are heard
   * in all.
   */
  public static void register(DynamicPropertyRegistry registry) {
    int database = NUMBER.getAndIncrement() % DATABASES;
    registry.add("spring.data.redis.host", () -> "127.0.0.1");
    registry.add("spring.data.redis.port", () -> PORT);
    registry.add("spring.data.redis.database", () -> database);
  }
}
