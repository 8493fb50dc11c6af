package org.byoemail.bench;

import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.component.mail.DefaultJavaMailSender;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.commons.pool2.BaseKeyedPooledObjectFactory;
import org.apache.commons.pool2.PooledObject;
import org.apache.commons.pool2.impl.DefaultPooledObject;
import org.apache.commons.pool2.impl.GenericKeyedObjectPool;
import org.apache.commons.pool2.impl.GenericKeyedObjectPoolConfig;

/**
 * The reference: camel's {@code smtp:} with kept connections, and nothing else: no broker, no
 * database, nothing is remembered.
 */
final class BarePool extends DefaultJavaMailSender {
  private final Session session;
  private final GenericKeyedObjectPool<String, Transport> pool;

  /**
   * @param keep whether a connection carries more than one mail
   */
  BarePool(Properties properties, int perAccount, int total, boolean keep) {
    this.session = Session.getInstance(properties);
    GenericKeyedObjectPoolConfig<Transport> config = new GenericKeyedObjectPoolConfig<>();
    config.setMaxTotalPerKey(perAccount);
    config.setMaxTotal(total);
    config.setMaxIdlePerKey(keep ? perAccount : 0);
    this.pool =
        new GenericKeyedObjectPool<>(
            new BaseKeyedPooledObjectFactory<>() {
              @Override
              public Transport create(String account) throws MessagingException {
                Transport transport = session.getTransport("smtp");
                transport.connect();
                return transport;
              }

              @Override
              public PooledObject<Transport> wrap(Transport transport) {
                return new DefaultPooledObject<>(transport);
              }

              @Override
              public void destroyObject(String account, PooledObject<Transport> transport)
                  throws MessagingException {
                transport.getObject().close();
              }
            },
            config);
  }

  @Override
  public void send(MimeMessage mail) {
    String account = "account";
    Transport transport = null;
    try {
      account = mail.getFrom()[0].toString();
      transport = pool.borrowObject(account);
      transport.sendMessage(mail, mail.getAllRecipients());
    } catch (Exception e) {
      throw new IllegalStateException(e);
    } finally {
      if (transport != null) {
        pool.returnObject(account, transport);
      }
    }
  }

  /** Sends so many mails; mails a second. */
  double rate(int count, int accounts, int concurrency, String prefix) throws Exception {
    try (DefaultCamelContext camel = new DefaultCamelContext()) {
      camel.getRegistry().bind("pool", this);
      camel.start();
      ProducerTemplate template = camel.createProducerTemplate();
      ExecutorService threads = Executors.newFixedThreadPool(concurrency);
      AtomicInteger next = new AtomicInteger();
      String text = GatewayWithAccounts.text();
      long start = System.nanoTime();
      List<Future<?>> running =
          IntStream.range(0, concurrency)
              .<Future<?>>mapToObj(
                  thread ->
                      threads.submit(
                          () -> {
                            for (int i = next.getAndIncrement();
                                i < count;
                                i = next.getAndIncrement()) {
                              template.sendBody(
                                  "smtp:bare?javaMailSender=#pool",
                                  mail(i, accounts, prefix, text));
                            }
                            return null;
                          }))
              .toList();
      for (Future<?> one : running) {
        one.get();
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      threads.shutdown();
      pool.close();
      return count / seconds;
    }
  }

  private MimeMessage mail(int number, int accounts, String prefix, String text)
      throws MessagingException {
    MimeMessage mail = new MimeMessage(session);
    mail.setFrom(new InternetAddress("agent" + number % accounts + "@bench.test"));
    mail.setRecipient(
        Message.RecipientType.TO, new InternetAddress("to" + number + "@example.test"));
    mail.setSubject(prefix + number);
    mail.setText(text, "UTF-8");
    mail.saveChanges();
    return mail;
  }
}
