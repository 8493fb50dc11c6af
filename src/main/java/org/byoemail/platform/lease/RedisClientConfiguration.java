package org.byoemail.platform.lease;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.resource.Delay;
import java.time.Duration;
import org.springframework.boot.autoconfigure.data.redis.ClientResourcesBuilderCustomizer;
import org.springframework.boot.autoconfigure.data.redis.LettuceClientOptionsBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * A Redis that is away is noticed at once, and found again within a second: by default commands
 * wait for it, and the pauses between two tries to connect grow to half a minute.
 */
@Configuration(proxyBeanMethods = false)
class RedisClientConfiguration {
  private static final Duration BETWEEN_TRIES = Duration.ofMillis(500);

  @Bean
  ClientResourcesBuilderCustomizer redisIsFoundAgainSoon() {
    return resources -> resources.reconnectDelay(Delay.constant(BETWEEN_TRIES));
  }

  @Bean
  LettuceClientOptionsBuilderCustomizer redisAwayIsNoticedAtOnce() {
    return options ->
        options.disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS);
  }
}
