package org.byoemail.inbound.ingest;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.byoemail.account.registry.AccountFixtures;
import org.byoemail.support.WithoutMockBeans;
import org.springframework.boot.test.context.SpringBootTest;

/**
 * A test of the real inbound routes, with servers on loopback; its database and Redis come from
 * {@link InboundNodes.OwnServices}. A {@code @TestPropertySource} beside it sets more.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@WithoutMockBeans
@SpringBootTest(
    classes = {InboundTestApplication.class, InboundNodes.OwnServices.class},
    webEnvironment = SpringBootTest.WebEnvironment.NONE,
    properties = {
      "byo.secret.keyset=" + AccountFixtures.KEY,
      "byo.connection.allowed-networks=127.0.0.0/8,::1/128",
      "byo.routes.reload=false",
      "camel.main.routes-include-pattern=file:routes/error-handling.camel.yaml,"
          + "file:routes/inbound/*.camel.yaml,file:src/test/resources/routes/bounce/*.camel.yaml"
    })
@interface InboundRoutesTest {}
