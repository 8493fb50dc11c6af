package org.byoemail.inbound.mailbox;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.serializer.RedisSerializer;

/** What is read from Redis is text: the default would run whatever anybody publishes there. */
@Configuration(proxyBeanMethods = false)
class RedisTextConfiguration {

  @Bean
  RedisSerializer<String> redisText() {
    return RedisSerializer.string();
  }
}
