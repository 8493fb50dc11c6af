package org.byoemail.outbound.delivery.camel;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/** The sending threads: one per claim, none while idle. */
@Configuration(proxyBeanMethods = false)
class SendThreads {
  private static final long IDLE_SECONDS = 10;

  /**
   * It has no queue: a delivery is claimed only for a free worker, so the claims bound it. Spring
   * stops it after Camel, which waits for what is being sent.
   */
  @Bean(name = "sendWorkers", destroyMethod = "shutdown")
  ExecutorService sendWorkers() {
    return new ThreadPoolExecutor(
        0,
        Integer.MAX_VALUE,
        IDLE_SECONDS,
        TimeUnit.SECONDS,
        new SynchronousQueue<>(),
        new CustomizableThreadFactory("byo-outbound-send-"));
  }
}
