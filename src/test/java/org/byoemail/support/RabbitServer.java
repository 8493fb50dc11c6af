package org.byoemail.support;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Debian's RabbitMQ with what {@code deploy/rabbitmq} declares, for two producers: flows and
 * strangers. Each uses its own login. Erlang's port mapper runs beside it, on loopback alone.
 */
public final class RabbitServer extends ServiceProcess implements TestBroker {
  /** What {@link RequiresPrograms} needs to know. */
  public static final String PROGRAM =
      "/opt/byo-test-servers/rabbitmq-server/usr/lib/rabbitmq/lib/rabbitmq_server-3.10.8/sbin/rabbitmq-server";

  public static final String PASSWORD = "test-rabbit-0123456789";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final byte[] SALT = {1, 2, 3, 4};

  private final int mapperPort = FreePorts.next();
  private final int distributionPort = FreePorts.next();
  private @Nullable Process mapper;

  public RabbitServer(Path dir) {
    super("rabbitmq", dir);
    Runtime.getRuntime().addShutdownHook(new Thread(this::endMapper));
  }

  @Override
  public Map<String, String> settings() {
    return Map.of(
        "BYO_BROKER_KIND", "rabbitmq",
        "SPRING_RABBITMQ_HOST", "127.0.0.1",
        "SPRING_RABBITMQ_PORT", String.valueOf(port()),
        "SPRING_RABBITMQ_USERNAME", "gateway",
        "SPRING_RABBITMQ_PASSWORD", PASSWORD);
  }

  @Override
  Map<String, String> environment() {
    Map<String, String> all = new HashMap<>();
    all.put("HOME", dir().toString());
    // Erlang in the place of the shell, so that a signal reaches it.
    all.put("RABBITMQ_ALLOW_INPUT", "true");
    all.put("ERL_EPMD_PORT", String.valueOf(mapperPort));
    all.put("RABBITMQ_NODENAME", "byo" + port() + "@localhost");
    all.put("RABBITMQ_DIST_PORT", String.valueOf(distributionPort));
    all.put("RABBITMQ_MNESIA_BASE", dir().resolve("mnesia").toString());
    all.put("RABBITMQ_LOG_BASE", dir().resolve("log").toString());
    all.put("RABBITMQ_CONFIG_FILE", dir().resolve("rabbitmq.conf").toString());
    all.put("RABBITMQ_ENABLED_PLUGINS_FILE", dir().resolve("enabled_plugins").toString());
    all.put("RABBITMQ_CONF_ENV_FILE", "/dev/null");
    all.put(
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS",
        "-kernel inet_dist_use_interface {127,0,0,1} -start_epmd false -noinput");
    return all;
  }

  @Override
  List<String> command() throws IOException {
    if (mapper == null || !mapper.isAlive()) {
      mapper =
          new ProcessBuilder("epmd", "-address", "127.0.0.1", "-port", String.valueOf(mapperPort))
              .redirectErrorStream(true)
              .redirectOutput(dir().resolve("epmd.log").toFile())
              .start();
    }
    Files.writeString(dir().resolve("enabled_plugins"), "[].");
    Files.writeString(dir().resolve("definitions.json"), definitions());
    Files.writeString(
        dir().resolve("rabbitmq.conf"),
        """
        listeners.tcp.1 = 127.0.0.1:%d
        load_definitions = %s
        log.console = true
        log.console.level = info
        log.file = false
        disk_free_limit.absolute = 1MB
        """
            .formatted(port(), dir().resolve("definitions.json")));
    return List.of(PROGRAM);
  }

  /** The shipped ones, for each producer too, and users with the documented rights. */
  private static String definitions() throws IOException {
    ObjectNode all = (ObjectNode) JSON.readTree(shipped("definitions.json"));
    List<String> users = new ArrayList<>(List.of("gateway", "tester"));
    for (String name : PRODUCERS) {
      users.add(name);
      String organization = ORGANIZATIONS.get(PRODUCERS.indexOf(name));
      JSON.readTree(
              shipped("organization.json").replace("shop", name).replace("acme", organization))
          .properties()
          .forEach(part -> part.getValue().forEach(all.withArray(part.getKey())::add));
    }
    for (String user : users) {
      all.withArray("users")
          .add(
              JSON.valueToTree(
                  Map.of(
                      "name",
                      user,
                      "password_hash",
                      hash(PASSWORD),
                      "hashing_algorithm",
                      "rabbit_password_hashing_sha256",
                      "tags",
                      "")));
    }
    all.withArray("permissions").add(rights("gateway", "^$", GATEWAY_WRITES, GATEWAY_READS));
    all.withArray("permissions").add(rights("tester", ".*", ".*", ".*"));
    return all.toPrettyString();
  }

  private static String shipped(String file) throws IOException {
    return Files.readString(Path.of("deploy/rabbitmq", file));
  }

  // As docs/brokers.md grants them.
  private static final String GATEWAY_WRITES = "^(amq\\.default|email\\.events)$";
  private static final String GATEWAY_READS = "^email\\.outbound(\\..*)?$";

  private static JsonNode rights(String user, String configure, String write, String read) {
    return JSON.valueToTree(
        Map.of("user", user, "vhost", "/", "configure", configure, "write", write, "read", read));
  }

  private static String hash(String password) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      sha.update(SALT);
      byte[] digest = sha.digest(password.getBytes(StandardCharsets.UTF_8));
      byte[] all = new byte[SALT.length + digest.length];
      System.arraycopy(SALT, 0, all, 0, SALT.length);
      System.arraycopy(digest, 0, all, SALT.length, digest.length);
      return Base64.getEncoder().encodeToString(all);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void submit(String producer, String json) {
    AMQP.BasicProperties properties =
        new AMQP.BasicProperties.Builder()
            .deliveryMode(2)
            // What a hostile producer says of the content, and where it wants an answer.
            .contentType("application/x-java-serialized-object")
            .replyTo("email.events.platform")
            .build();
    inChannel(
        producer, channel -> publish(channel, "email.submit." + producer, "", properties, json));
  }

  private static @Nullable Void publish(
      Channel channel, String exchange, String key, AMQP.BasicProperties properties, String body)
      throws IOException, InterruptedException, TimeoutException {
    channel.confirmSelect();
    channel.basicPublish(exchange, key, true, properties, body.getBytes(StandardCharsets.UTF_8));
    channel.waitForConfirmsOrDie(10_000);
    return null;
  }

  /** What the broker says when a producer publishes there; null: it takes it. */
  public @Nullable String refusedToPublish(String producer, String exchange, String key) {
    return refusal(
        producer, channel -> publish(channel, exchange, key, new AMQP.BasicProperties(), "{}"));
  }

  /** What the broker says when a producer binds a queue to the events; null: it does so. */
  public @Nullable String refusedToBind(String producer, String queue, String key) {
    return refusal(producer, channel -> channel.queueBind(queue, "email.events", key));
  }

  /** What the broker says when a producer declares a queue of its own; null: it does so. */
  public @Nullable String refusedToDeclare(String producer, String queue) {
    return refusal(producer, channel -> channel.queueDeclare(queue, false, false, true, Map.of()));
  }

  /** What the broker says when a producer reads a queue; null: it may. */
  public @Nullable String refusedToRead(String producer, String queue) {
    return refusal(
        producer,
        channel -> {
          GetResponse next = channel.basicGet(queue, false);
          return next == null ? 0 : next.getMessageCount();
        });
  }

  private @Nullable String refusal(String user, Work<?> work) {
    try {
      inChannel(user, work);
      return null;
    } catch (UncheckedIOException e) {
      if (e.getCause().getCause() instanceof ShutdownSignalException closed) {
        return closed.getMessage();
      }
      throw e;
    } catch (ShutdownSignalException e) {
      return e.getMessage();
    }
  }

  @Override
  public int waiting(String producer) {
    return inChannel("tester", channel -> (int) channel.messageCount("email.outbound." + producer));
  }

  @Override
  public List<JsonNode> rejected(String producer) {
    return taken(producer, "email.outbound.rejected." + producer);
  }

  @Override
  public List<JsonNode> events() {
    return taken("tester", "email.events.platform");
  }

  /** Takes the events of a producer's organisation. */
  public List<JsonNode> events(String producer) {
    return taken(producer, "email.events." + producer);
  }

  private List<JsonNode> taken(String user, String queue) {
    return inChannel(
        user,
        channel -> {
          List<JsonNode> all = new ArrayList<>();
          for (GetResponse next = channel.basicGet(queue, true);
              next != null;
              next = channel.basicGet(queue, true)) {
            all.add(JSON.readTree(next.getBody()));
          }
          return all;
        });
  }

  private interface Work<T> {
    T in(Channel channel) throws IOException, TimeoutException, InterruptedException;
  }

  private <T> T inChannel(String user, Work<T> work) {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setHost("127.0.0.1");
    factory.setPort(port());
    factory.setUsername(user);
    factory.setPassword(PASSWORD);
    try (Connection connection = factory.newConnection();
        Channel channel = connection.createChannel()) {
      return work.in(channel);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (TimeoutException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    try {
      super.close();
    } finally {
      endMapper();
    }
  }

  private void endMapper() {
    if (mapper != null) {
      mapper.destroyForcibly();
    }
  }
}
