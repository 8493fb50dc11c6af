package org.byoemail.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.Objects;
import org.byoemail.account.discovery.Discovery;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.operations.setup.AddressField;
import org.byoemail.platform.access.Caller;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The search for the settings of a mailbox. */
@RestController
@RequestMapping("/api/v1/accounts/discover")
@Tag(name = "accounts")
class DiscoveryController {
  private final Discovery discovery;

  DiscoveryController(Discovery discovery) {
    this.discovery = discovery;
  }

  /** What is looked for. */
  @Schema(name = "DiscoveryRequest")
  record Request(
      @Schema(description = "of the mailbox", requiredMode = Schema.RequiredMode.REQUIRED)
          @Nullable String address) {}

  @PostMapping
  @Operation(
      operationId = "discoverSettings",
      summary = "Find the settings of a mailbox",
      description =
          "Proposes servers and ways to sign in, the likeliest first: of known providers (by domain"
              + " and by MX), of autoconfig documents and SRV records of the domain, of"
              + " autodiscover behind mail filters, and guesses at which a mail server answers."
              + " `steps` says what was looked at. Changes nothing; takes up to 20 s. 429: too many"
              + " searches and connection tests of the organization are running.")
  DiscoveryResponse discover(@AuthenticationPrincipal Caller caller, @RequestBody Request request) {
    OrganizationId organization =
        Objects.requireNonNullElse(caller.organization(), OrganizationId.OPERATOR);
    return DiscoveryResponse.of(discovery.of(AddressField.read(request.address()), organization));
  }
}
