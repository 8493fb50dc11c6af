package org.byoemail.embedded;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/**
 * Prints the URLs and credentials after an embedded start. A generated password is shown, since
 * nobody else knows it; a configured one is not.
 */
@Component
@ConditionalOnEmbedded(ConditionalOnEmbedded.Part.DATABASE)
class StartupBanner implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(StartupBanner.class);

  private final Environment environment;
  private final DataFolder data;
  private final ObjectProvider<DemoScenario> demoScenario;
  private volatile @Nullable Thread greeting;

  StartupBanner(
      Environment environment, DataFolder data, ObjectProvider<DemoScenario> demoScenario) {
    this.environment = environment;
    this.data = data;
    this.demoScenario = demoScenario;
  }

  @EventListener(ApplicationReadyEvent.class)
  void ready() {
    // On a thread of its own, because the demo takes seconds and the start is over.
    Thread thread = new Thread(this::greet, "welcome");
    thread.setDaemon(true);
    greeting = thread;
    thread.start();
  }

  private void greet() {
    try {
      DemoScenario demo = demoScenario.getIfAvailable();
      if (demo != null) {
        demo.run();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return; // The program is stopping.
    } catch (RuntimeException e) {
      log.error("Cannot set up the demo; everything else is running", e);
    }
    String url = "http://localhost:" + environment.getProperty("local.server.port");
    LocalSecrets secrets = data.secrets();
    log.info(
        "Console: {}/  user {}, password {}",
        url,
        environment.getProperty("byo.console.user", "admin"),
        isMadeHere("byo.console.password", "console-password")
            ? secrets.password("console-password")
            : "as you set it");
    log.info("API:     {}/api/v1  key {}", url, place("byo.api.admin-key", "admin-key"));
    log.info(
        "Queue:   email.outbound  user producer, password {}",
        place("byo.broker.producer-password", "producer-password"));
  }

  private String place(String setting, String name) {
    return isMadeHere(setting, name) ? "in " + data.secrets().file(name) : "as you set it";
  }

  private boolean isMadeHere(String setting, String name) {
    LocalSecrets secrets = data.secrets();
    return secrets.has(name) && secrets.password(name).equals(environment.getProperty(setting));
  }

  @Override
  public void start() {
    // It begins when the application is ready.
  }

  @Override
  public void stop() {
    Thread thread = greeting;
    if (thread != null) {
      thread.interrupt();
    }
    greeting = null;
  }

  @Override
  public boolean isRunning() {
    return greeting != null;
  }
}
