package org.byoemail.support;

/** Formats the folder of a Kafka broker, unless it is formatted, and runs the broker. */
final class KafkaMain {
  private static final String CLUSTER = "byoemail-tests-0000001";

  private KafkaMain() {}

  public static void main(String[] arguments) {
    String properties = arguments[0];
    kafka.tools.StorageTool.execute(
        new String[] {"format", "-t", CLUSTER, "-c", properties, "--ignore-formatted"}, System.out);
    kafka.Kafka.main(new String[] {properties});
  }
}
