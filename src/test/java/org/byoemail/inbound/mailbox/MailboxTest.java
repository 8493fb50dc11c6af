package org.byoemail.inbound.mailbox;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.byoemail.account.registry.AccountFixtures;
import org.byoemail.support.WithoutMockBeans;
import org.springframework.boot.test.context.SpringBootTest;

/**
 * Mailboxes over a real PostgreSQL, without routes, on a clock that the test sets. Tests that add
 * no property share one context and its database: each makes accounts of its own.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@WithoutMockBeans
@SpringBootTest(
    classes = MailboxTestApplication.class,
    webEnvironment = SpringBootTest.WebEnvironment.NONE,
    properties = {
      "byo.secret.keyset=" + AccountFixtures.KEY,
      "byo.connection.allowed-networks=127.0.0.0/8,::1/128",
      "byo.mailbox.idle-reissue-at.[hasty.example]=4m",
      "camel.main.routes-include-pattern=false",
      "byo.routes.reload=false"
    })
@interface MailboxTest {}
