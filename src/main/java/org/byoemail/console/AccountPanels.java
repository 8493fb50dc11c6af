package org.byoemail.console;

import java.util.UUID;
import org.byoemail.account.testrun.TestRuns;
import org.byoemail.operations.setup.AccountState;
import org.byoemail.operations.setup.AliasSetup;
import org.byoemail.operations.setup.AuthservSetup;
import org.byoemail.operations.setup.CatchAllSetup;
import org.byoemail.outbound.draft.DraftsFolders;
import org.byoemail.outbound.sentfolder.SentFolders;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.ui.Model;

/**
 * What the page of an account shows besides its settings: its sign-in by OAuth 2.0, its aliases and
 * catch-all domains, its receiving server, its Sent and Drafts folders, and the connection test
 * that has just ended.
 */
@Component
class AccountPanels {
  private final OAuthViews oauth;
  private final AliasSetup aliases;
  private final CatchAllSetup catchAlls;
  private final TestRuns runs;
  private final AuthservSetup authserv;
  private final SentFolders sentFolders;
  private final DraftsFolders draftsFolders;

  AccountPanels(
      OAuthViews oauth,
      AliasSetup aliases,
      CatchAllSetup catchAlls,
      TestRuns runs,
      AuthservSetup authserv,
      SentFolders sentFolders,
      DraftsFolders draftsFolders) {
    this.sentFolders = sentFolders;
    this.draftsFolders = draftsFolders;
    this.authserv = authserv;
    this.runs = runs;
    this.catchAlls = catchAlls;
    this.oauth = oauth;
    this.aliases = aliases;
  }

  /**
   * Adds it to the model of the page.
   *
   * @param signIn the sign-in that the browser comes from; null: none
   * @param test the test that the browser comes from; null: none
   */
  void addTo(Model model, AccountState state, @Nullable UUID signIn, @Nullable UUID test) {
    model.addAttribute(
        "test", test == null ? null : runs.find(state.account().id(), test).orElse(null));
    model.addAttribute("oauth", oauth.of(state, signIn));
    model.addAttribute(
        "plusAddresses", aliases.plusAddresses(state.account()).map(AliasView::of).orElse(null));
    model.addAttribute(
        "catchAlls", catchAlls.of(state.account()).stream().map(CatchAllView::of).toList());
    model.addAttribute("sentFolder", sentFolders.of(state.account().id()));
    model.addAttribute("draftsFolder", draftsFolders.of(state.account().id()));
    model.addAttribute("authserv", authserv.of(state.account()));
    model.addAttribute("aliases", aliases.of(state.account()).stream().map(AliasView::of).toList());
  }
}
