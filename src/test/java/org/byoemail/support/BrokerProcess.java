package org.byoemail.support;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Artemis in a JVM of its own, with the addresses, rights and redelivery of {@code
 * deploy/artemis/broker.xml} and a journal that survives it.
 */
public final class BrokerProcess extends ServiceProcess {
  public static final String GATEWAY_PASSWORD = "test-gateway-0123456789";

  private final int amqpPort = FreePorts.next();
  private final int stompPort = FreePorts.next();

  BrokerProcess(Path dir) {
    super("broker", dir);
  }

  public String url() {
    return "tcp://127.0.0.1:" + port();
  }

  public int amqpPort() {
    return amqpPort;
  }

  public int stompPort() {
    return stompPort;
  }

  @Override
  Map<String, String> environment() {
    return Map.of(
        "BROKER_DIR", dir().toString(),
        "BROKER_CORE_PORT", String.valueOf(port()),
        "BROKER_AMQP_PORT", String.valueOf(amqpPort),
        "BROKER_STOMP_PORT", String.valueOf(stompPort),
        "BROKER_GATEWAY_PASSWORD", GATEWAY_PASSWORD,
        "BROKER_PRODUCER_PASSWORD", GatewayProcess.PRODUCER_PASSWORD);
  }

  @Override
  List<String> command() {
    String classes =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.add("-Xmx384m");
    words.addAll(GatewayProcess.options());
    words.addAll(List.of("-cp", classes, BrokerMain.class.getName()));
    return words;
  }
}
