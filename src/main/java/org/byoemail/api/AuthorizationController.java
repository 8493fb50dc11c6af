package org.byoemail.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.UUID;
import org.byoemail.account.oauth.AuthorizationRequests;
import org.byoemail.format.mail.AccountId;
import org.byoemail.operations.setup.AccountSetup;
import org.byoemail.operations.setup.AccountState;
import org.byoemail.operations.setup.OAuthSetup;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.PublicUrl;
import org.byoemail.platform.access.ResourceNotFound;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Lets a platform send its own user to a provider's consent page. */
@RestController
@RequestMapping("/api/v1/accounts/{id}/authorize")
@Tag(name = "accounts")
class AuthorizationController {
  private final AccountSetup accounts;
  private final OAuthSetup setup;
  private final PublicUrl publicUrl;

  AuthorizationController(AccountSetup accounts, OAuthSetup setup, PublicUrl publicUrl) {
    this.accounts = accounts;
    this.setup = setup;
    this.publicUrl = publicUrl;
  }

  @PostMapping
  @Operation(
      operationId = "authorizeAccount",
      summary = "Start a sign-in at the mail provider",
      description =
          "Prepares a sign-in, the first or a later one, of the mailbox's owner at the provider of an"
              + " account with auth oauth2. The URL is a page of the gateway that says what will be"
              + " connected; its button begins the sign-in in that browser, once.")
  AuthorizationResponse authorize(@AuthenticationPrincipal Caller caller, @PathVariable UUID id) {
    AccountState state =
        accounts
            .find(new AccountId(id))
            .filter(found -> caller.sees(found.account().organization()))
            .orElseThrow(() -> new ResourceNotFound("account"));
    String token = setup.prepare(state.account());
    return new AuthorizationResponse(
        publicUrl.required("/connect/oauth/start/" + token),
        AuthorizationRequests.VALID.toSeconds());
  }
}
