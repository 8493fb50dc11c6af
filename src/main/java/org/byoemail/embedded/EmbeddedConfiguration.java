package org.byoemail.embedded;

import org.byoemail.embedded.ConditionalOnEmbedded.Part;
import org.springframework.boot.autoconfigure.data.redis.RedisConnectionDetails;
import org.springframework.boot.autoconfigure.jdbc.JdbcConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** The data folder, PostgreSQL and Redis; Spring Boot's own pool, Flyway and client use them. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnEmbedded(Part.ANY)
class EmbeddedConfiguration {

  @Bean(destroyMethod = "close")
  DataFolder dataFolder(DataSettings settings) {
    return DataFolder.at(settings.dataDir()).lock();
  }

  @Bean(destroyMethod = "close")
  LocalServers localServers(Environment environment, DataFolder data, EmbeddedSettings settings) {
    return new LocalServers().start(EmbeddedParts.of(environment), data, settings);
  }

  @Bean
  @ConditionalOnEmbedded(Part.DATABASE)
  JdbcConnectionDetails embeddedDatabase(LocalServers servers) {
    PostgresServer postgres = servers.postgres();
    return new JdbcConnectionDetails() {
      @Override
      public String getUsername() {
        return PostgresServer.USER;
      }

      @Override
      public String getPassword() {
        return postgres.password();
      }

      @Override
      public String getJdbcUrl() {
        return postgres.url();
      }
    };
  }

  @Bean
  @ConditionalOnEmbedded(Part.REDIS)
  RedisConnectionDetails embeddedRedis(LocalServers servers) {
    RedisServer redis = servers.redis();
    return new RedisConnectionDetails() {
      @Override
      public String getPassword() {
        return redis.password();
      }

      @Override
      public Standalone getStandalone() {
        return Standalone.of(RedisServer.HOST, redis.port());
      }
    };
  }
}
