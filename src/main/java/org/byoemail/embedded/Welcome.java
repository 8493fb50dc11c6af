package org.byoemail.embedded;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.web.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/**
 * The last words of an embedded start: what happened, and where to look. A password that was made
 * here is shown, since nobody could know it; one that was set is not.
 */
@Component
@ConditionalOnPart(ConditionalOnPart.Part.DATABASE)
class Welcome {
  private static final Logger LOG = LoggerFactory.getLogger(Welcome.class);

  private final Environment environment;
  private final DataFolder data;
  private final ObjectProvider<DemoStory> story;

  Welcome(Environment environment, DataFolder data, ObjectProvider<DemoStory> story) {
    this.environment = environment;
    this.data = data;
    this.story = story;
  }

  @EventListener
  void ready(ApplicationReadyEvent event) {
    Thread thread = new Thread(() -> greet(event), "welcome");
    thread.setDaemon(true);
    thread.start();
  }

  private void greet(ApplicationReadyEvent event) {
    try {
      DemoStory demo = story.getIfAvailable();
      if (demo != null) {
        demo.tell();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    } catch (RuntimeException e) {
      LOG.error("The demo could not be set up; everything else runs.", e);
    }
    int port =
        event.getApplicationContext() instanceof ServletWebServerApplicationContext web
            ? web.getWebServer().getPort()
            : 0;
    LocalSecrets secrets = data.secrets();
    LOG.info(
        "Console: http://localhost:{}/  user {}, password {}",
        port,
        environment.getProperty("byo.console.user", "admin"),
        secrets.has("console-password")
                && secrets
                    .password("console-password")
                    .equals(environment.getProperty("byo.console.password"))
            ? secrets.password("console-password")
            : "as you set it");
    LOG.info("API:     http://localhost:{}/api/v1  key in {}", port, secrets.file("admin-key"));
    LOG.info(
        "Queue:   email.outbound  user producer, password in {}",
        secrets.file("producer-password"));
  }
}
