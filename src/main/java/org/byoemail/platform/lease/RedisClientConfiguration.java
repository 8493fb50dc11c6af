package org.byoemail.platform.lease;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.resource.Delay;
import java.time.Duration;
import org.springframework.boot.autoconfigure.data.redis.ClientResourcesBuilderCustomizer;
import org.springframework.boot.autoconfigure.data.redis.LettuceClientOptionsBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * An outage of Redis is noticed at once, and its end within a second: by default commands wait for
 * it, and the reconnect delay grows to half a minute.
 */
@Configuration(proxyBeanMethods = false)
class RedisClientConfiguration {
  private static final Duration RECONNECT_DELAY = Duration.ofMillis(500);

  @Bean
  ClientResourcesBuilderCustomizer constantReconnectDelay() {
    return resources -> resources.reconnectDelay(Delay.constant(RECONNECT_DELAY));
  }

  @Bean
  LettuceClientOptionsBuilderCustomizer rejectCommandsWhileDisconnected() {
    return options ->
        options.disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS);
  }
}
