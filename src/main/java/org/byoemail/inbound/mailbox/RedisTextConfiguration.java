package org.byoemail.inbound.mailbox;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.serializer.RedisSerializer;

/** Notices from Redis are text: the default serializer would deserialize Java objects. */
@Configuration(proxyBeanMethods = false)
class RedisTextConfiguration {

  @Bean
  RedisSerializer<String> redisText() {
    return RedisSerializer.string();
  }
}
