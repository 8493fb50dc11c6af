package org.byoemail.outbound.delivery.camel;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/** Threads that send, as many as there are claims, none while there is nothing to send. */
@Configuration(proxyBeanMethods = false)
class SendThreads {
  private static final long IDLE_SECONDS = 10;

  /**
   * Nothing waits in it: a delivery is claimed only for a worker that is free, and the claims are
   * what bounds it. Spring stops it after Camel, which waits for what is being sent.
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
