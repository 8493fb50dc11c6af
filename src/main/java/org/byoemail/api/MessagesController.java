package org.byoemail.api;

import io.swagger.v3.oas.annotations.tags.Tag;
import org.byoemail.account.Accounts;
import org.byoemail.outbound.Composer;
import org.byoemail.outbound.Outbox;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Messages, outbound and inbound. */
@RestController
@RequestMapping("/api/v1/messages")
@Tag(name = "messages")
class MessagesController {
  private final Outbox outbox;
  private final Composer composer;
  private final Accounts accounts;

  MessagesController(Outbox outbox, Composer composer, Accounts accounts) {
    this.outbox = outbox;
    this.composer = composer;
    this.accounts = accounts;
  }
}
