package org.byoemail.support;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * A Kafka broker (KRaft, one node) in a JVM of its own, with the topics of two producers, flows and
 * strangers: of two partitions for submissions, of one for all else. Its clients log in by SASL.
 */
public final class KafkaServer extends ServiceProcess implements TestBroker {
  public static final String PASSWORD = "test-kafka-\"0123456789";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long PATIENCE_SECONDS = 30;
  private static final int PARTITIONS = 2;
  private static final String GROUP = "byo-email";

  private final int controllerPort = FreePorts.next();
  private final int innerPort = FreePorts.next();
  private final Map<String, KafkaConsumer<String, String>> readers = new HashMap<>();
  private boolean created;
  private int submitted;

  public KafkaServer(Path dir) {
    super("kafka", dir);
  }

  @Override
  public Map<String, String> settings() {
    return Map.of(
        "BYO_BROKER_KIND", "kafka",
        "BYO_BROKER_KAFKA_CONSUMERS", "1",
        "BYO_BROKER_KAFKA_PROPERTIES_SESSION_TIMEOUT_MS", "6000",
        "BYO_BROKER_KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:" + port(),
        "BYO_BROKER_KAFKA_SECURITY_PROTOCOL", "SASL_PLAINTEXT",
        "BYO_BROKER_KAFKA_SASL_MECHANISM", "PLAIN",
        "BYO_BROKER_KAFKA_USERNAME", "gateway",
        "BYO_BROKER_KAFKA_PASSWORD", PASSWORD);
  }

  @Override
  List<String> command() throws IOException {
    Path properties = dir().resolve("server.properties");
    Files.writeString(
        properties,
        """
        process.roles=broker,controller
        node.id=1
        controller.quorum.voters=1@127.0.0.1:%2$d
        listeners=CLIENTS://127.0.0.1:%1$d,INNER://127.0.0.1:%3$d,CONTROLLER://127.0.0.1:%2$d
        listener.security.protocol.map=CLIENTS:SASL_PLAINTEXT,INNER:PLAINTEXT,CONTROLLER:PLAINTEXT
        inter.broker.listener.name=INNER
        controller.listener.names=CONTROLLER
        sasl.enabled.mechanisms=PLAIN
        listener.name.clients.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required user_gateway="%4$s";
        log.dirs=%5$s
        auto.create.topics.enable=false
        offsets.topic.replication.factor=1
        offsets.topic.num.partitions=1
        transaction.state.log.replication.factor=1
        group.initial.rebalance.delay.ms=0
        log.flush.interval.messages=1
        """
            .formatted(
                port(),
                controllerPort,
                innerPort,
                PASSWORD.replace("\"", "\\\\\""),
                dir().resolve("data")));
    String classes =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.add("-Xmx256m");
    words.addAll(SHORT_LIVED);
    words.addAll(List.of("-cp", classes, KafkaMain.class.getName(), properties.toString()));
    return words;
  }

  @Override
  public void start() {
    super.start();
    if (created) {
      return;
    }
    List<NewTopic> topics = new ArrayList<>();
    for (String producer : PRODUCERS) {
      for (String topic : List.of("email.outbound.", "email.outbound.rejected.", "email.events.")) {
        int partitions = topic.equals("email.outbound.") ? PARTITIONS : 1;
        topics.add(new NewTopic(topic + producer, partitions, (short) 1));
      }
    }
    topics.add(new NewTopic("email.events", 1, (short) 1));
    admin(admin -> admin.createTopics(topics).all().get(PATIENCE_SECONDS, TimeUnit.SECONDS));
    created = true;
  }

  // Its clients keep it waiting otherwise.
  @Override
  public void stop() {
    kill();
  }

  @Override
  public void submit(String producer, String json) {
    Map<String, Object> settings = new HashMap<>(client());
    settings.put("key.serializer", StringSerializer.class);
    settings.put("value.serializer", StringSerializer.class);
    try (KafkaProducer<String, String> sender = new KafkaProducer<>(settings)) {
      ProducerRecord<String, String> submission =
          new ProducerRecord<>("email.outbound." + producer, submitted++ % PARTITIONS, null, json);
      // What a hostile producer might name.
      submission.headers().add("kafka.OFFSET", "4711".getBytes());
      submission.headers().add("kafka.TOPIC", "email.outbound".getBytes());
      sender.send(submission).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public int waiting(String producer) {
    return admin(
        admin -> {
          Map<TopicPartition, OffsetAndMetadata> committed =
              admin
                  .listConsumerGroupOffsets(GROUP)
                  .partitionsToOffsetAndMetadata()
                  .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
          long waiting = 0;
          for (int i = 0; i < PARTITIONS; i++) {
            TopicPartition partition = new TopicPartition("email.outbound." + producer, i);
            OffsetAndMetadata read = committed.get(partition);
            waiting +=
                admin
                        .listOffsets(Map.of(partition, OffsetSpec.latest()))
                        .partitionResult(partition)
                        .get(PATIENCE_SECONDS, TimeUnit.SECONDS)
                        .offset()
                    - (read == null ? 0 : read.offset());
          }
          return (int) waiting;
        });
  }

  @Override
  public List<JsonNode> rejected(String producer) {
    return taken("email.outbound.rejected." + producer);
  }

  @Override
  public List<JsonNode> events() {
    return taken("email.events");
  }

  /** The keys and events of one organisation's topic, those that were not taken yet. */
  public List<ConsumerRecord<String, String>> records(String topic) {
    KafkaConsumer<String, String> reader =
        readers.computeIfAbsent(
            topic,
            name -> {
              Map<String, Object> settings = new HashMap<>(client());
              settings.put("key.deserializer", StringDeserializer.class);
              settings.put("value.deserializer", StringDeserializer.class);
              KafkaConsumer<String, String> fresh = new KafkaConsumer<>(settings);
              TopicPartition partition = new TopicPartition(name, 0);
              fresh.assign(List.of(partition));
              fresh.seekToBeginning(List.of(partition));
              return fresh;
            });
    List<ConsumerRecord<String, String>> all = new ArrayList<>();
    reader.poll(Duration.ofMillis(500)).forEach(all::add);
    return all;
  }

  private List<JsonNode> taken(String topic) {
    List<JsonNode> all = new ArrayList<>();
    for (ConsumerRecord<String, String> each : records(topic)) {
      try {
        all.add(JSON.readTree(each.value()));
      } catch (JsonProcessingException e) {
        throw new IllegalStateException(e);
      }
    }
    return all;
  }

  private Map<String, Object> client() {
    return Map.of("bootstrap.servers", "127.0.0.1:" + innerPort);
  }

  private interface Work<T> {
    T by(Admin admin) throws InterruptedException, ExecutionException, TimeoutException;
  }

  private <T> T admin(Work<T> work) {
    try (Admin admin = Admin.create(client())) {
      return work.by(admin);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    readers.values().forEach(reader -> reader.close(Duration.ZERO));
    kill();
  }
}
