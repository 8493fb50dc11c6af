package org.byoemail.support;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.util.FileSystemUtils;

/** A Redis for each test, which may go away and come back, and the connections of two nodes. */
public final class RedisNodes implements BeforeEachCallback, AfterEachCallback {
  private Path dir;
  private RedisProcess redis;
  private LettuceConnectionFactory first;
  private LettuceConnectionFactory second;

  @Override
  public void beforeEach(ExtensionContext context) throws IOException {
    dir = Files.createTempDirectory("redis");
    redis = new RedisProcess(dir);
    redis.start();
    first = connections();
    second = connections();
  }

  @Override
  public void afterEach(ExtensionContext context) throws IOException {
    first.destroy();
    second.destroy();
    redis.close();
    FileSystemUtils.deleteRecursively(dir);
  }

  public RedisProcess redis() {
    return redis;
  }

  public LettuceConnectionFactory first() {
    return first;
  }

  public LettuceConnectionFactory second() {
    return second;
  }

  private LettuceConnectionFactory connections() {
    LettuceConnectionFactory connections =
        new LettuceConnectionFactory(new RedisStandaloneConfiguration("127.0.0.1", redis.port()));
    connections.afterPropertiesSet();
    connections.start();
    return connections;
  }
}
