package org.byoemail.outbound.delivery;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.byoemail.account.registry.AccountFixtures;
import org.byoemail.support.WithoutMockBeans;
import org.springframework.boot.test.context.SpringBootTest;

/** A test of what sends, on a PostgreSQL and a clock of its own, without routes. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@WithoutMockBeans
@SpringBootTest(
    classes = SendingContext.class,
    webEnvironment = SpringBootTest.WebEnvironment.NONE,
    properties = {
      "spring.main.web-application-type=none",
      "byo.secret.keyset=" + AccountFixtures.KEY,
      "byo.connection.allowed-networks=127.0.0.0/8,::1/128",
      // Nobody listens there: what needs Redis brings its own.
      "spring.data.redis.url=redis://127.0.0.1:1",
      "byo.connection.read-timeout=3s",
      "byo.connection.write-timeout=3s",
      "byo.connection.data-timeout=2s",
      "byo.connection.pool.max-wait=300ms",
      "byo.connection.pool.total=8",
    })
public @interface SendingTest {}
