import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSProducer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.qpid.jms.JmsConnectionFactory;

/**
 * Hands a submission to the gateway's broker by JMS, as a producer written in Java would:
 *
 * <pre>java -cp 'qpid-jms-client and what it needs' SubmitJms.java &lt; submission.json</pre>
 *
 * <p>Takes from the environment: BYO_BROKER_PRODUCER_PASSWORD, and where they differ from the defaults
 * BYO_BROKER_USER (producer), BYO_BROKER_HOST (127.0.0.1), BYO_BROKER_AMQP_PORT (5672) and
 * BYO_BROKER_ADDRESS (email.outbound). Ends with 0 when the broker has accepted the message, with an
 * exception when it has not. Needs org.apache.qpid:qpid-jms-client: JMS over AMQP 1.0.
 */
public final class SubmitJms {
  private static final int TIMEOUT_MILLIS = 20_000;

  private SubmitJms() {}

  public static void main(String[] arguments) throws IOException {
    String body =
        arguments.length > 0
            ? arguments[0]
            : new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
    Map<String, String> env = System.getenv();
    String password = env.get("BYO_BROKER_PRODUCER_PASSWORD");
    if (password == null) {
      throw new IllegalArgumentException("BYO_BROKER_PRODUCER_PASSWORD is not set");
    }
    String host = env.getOrDefault("BYO_BROKER_HOST", "127.0.0.1");
    String port = env.getOrDefault("BYO_BROKER_AMQP_PORT", "5672");
    JmsConnectionFactory broker =
        new JmsConnectionFactory(
            env.getOrDefault("BYO_BROKER_USER", "producer"),
            password,
            "amqp://%s:%s?jms.sendTimeout=%d&jms.requestTimeout=%d"
                .formatted(host, port, TIMEOUT_MILLIS, TIMEOUT_MILLIS));
    try (JMSContext context = broker.createContext()) {
      JMSProducer producer = context.createProducer().setDeliveryMode(DeliveryMode.PERSISTENT);
      String address = env.getOrDefault("BYO_BROKER_ADDRESS", "email.outbound");
      // Returns when the broker has the message on its disk, throws where it refuses it.
      producer.send(context.createQueue(address), body);
    }
    System.out.println("accepted");
  }
}
