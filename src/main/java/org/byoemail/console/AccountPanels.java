package org.byoemail.console;

import java.util.UUID;
import org.byoemail.setup.AccountState;
import org.byoemail.setup.AliasSetup;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.ui.Model;

/**
 * What the page of an account shows beside its settings: its sign-in by OAuth 2.0, and its aliases.
 */
@Component
class AccountPanels {
  private final OAuthViews oauth;
  private final AliasSetup aliases;

  AccountPanels(OAuthViews oauth, AliasSetup aliases) {
    this.oauth = oauth;
    this.aliases = aliases;
  }

  /**
   * Adds it to the model of the page.
   *
   * @param signIn the sign-in that the browser comes from; null: none
   */
  void addTo(Model model, AccountState state, @Nullable UUID signIn) {
    model.addAttribute("oauth", oauth.of(state, signIn));
    model.addAttribute("aliases", aliases.of(state.account()).stream().map(AliasView::of).toList());
  }
}
