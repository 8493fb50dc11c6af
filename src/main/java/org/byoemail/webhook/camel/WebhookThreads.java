package org.byoemail.webhook.camel;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/** The delivery threads: one per claimed delivery, none while idle. */
@Configuration(proxyBeanMethods = false)
class WebhookThreads {
  private static final long IDLE_SECONDS = 10;

  /**
   * No queue: a delivery is claimed only for a free worker, so the number of threads is bounded.
   */
  @Bean(name = "webhookWorkers", destroyMethod = "shutdown", defaultCandidate = false)
  ExecutorService webhookWorkers() {
    return new ThreadPoolExecutor(
        0,
        Integer.MAX_VALUE,
        IDLE_SECONDS,
        TimeUnit.SECONDS,
        new SynchronousQueue<>(),
        new CustomizableThreadFactory("byo-webhook-"));
  }
}
