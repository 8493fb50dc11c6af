package org.byoemail.account.connection;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.byoemail.support.WebServer;
import org.springframework.beans.factory.support.StaticListableBeanFactory;

/**
 * The web and the mail servers that strangers name, for a test: names have the addresses that the
 * test gives them, 127.0.0.1 alone is allowed, and the web is a server of the test.
 */
public final class StrangerNetwork implements AutoCloseable {
  private final Map<String, String> hosts = new ConcurrentHashMap<>();
  private final WriteTimeouts writeTimeouts = new WriteTimeouts();
  private final WebFetch web;
  private final MailServerProbe probe;
  private final ServerTasks tasks;

  public StrangerNetwork(WebServer server, Path trusted) {
    Duration second = Duration.ofSeconds(1);
    ConnectionSettings settings =
        new ConnectionSettings(
            List.of("127.0.0.1 80 443"),
            trusted,
            "gateway.example.test",
            second,
            second,
            second,
            second,
            second,
            second,
            second,
            new ConnectionSettings.Tests(4, 2, 1),
            new ConnectionSettings.Pool(1, 1, second, second, 1, second, second));
    HostVetting vetting =
        new HostVetting(
            settings,
            new StaticListableBeanFactory().getBeanProvider(AllowedNetwork.class),
            (host, deadline) -> {
              String address = hosts.get(host);
              if (address == null) {
                throw new UnknownHostException(host);
              }
              return InetAddress.getAllByName(address);
            },
            Duration.ZERO);
    try {
      TrustedCertificates trust = new TrustedCertificates(settings);
      web =
          new WebFetch(
              new VettedHttp(
                  vetting,
                  trust,
                  writeTimeouts,
                  settings,
                  new VettedHttp.Ports(server.httpsPort(), server.httpPort())));
      probe = new MailServerProbe(vetting, trust, writeTimeouts, settings);
      tasks = new ServerTasks(settings, vetting);
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Gives a name an address. */
  public StrangerNetwork host(String name, String address) {
    hosts.put(name, address);
    return this;
  }

  public WebFetch web() {
    return web;
  }

  public MailServerProbe probe() {
    return probe;
  }

  /** Two at a time for an organisation. */
  public ServerTasks tasks() {
    return tasks;
  }

  @Override
  public void close() {
    tasks.destroy();
    writeTimeouts.destroy();
  }
}
