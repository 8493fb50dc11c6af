package org.byoemail.api;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import org.byoemail.account.discovery.Discovered;
import org.byoemail.account.discovery.Proposal;
import org.byoemail.account.provider.SignIn;
import org.jspecify.annotations.Nullable;

/**
 * What a discovery came to.
 *
 * @param proposals the likeliest first
 * @param steps what was looked at
 */
@Schema(name = "Discovery")
record DiscoveryResponse(List<ProposalResponse> proposals, List<Discovered.Step> steps) {

  static DiscoveryResponse of(Discovered discovered) {
    return new DiscoveryResponse(
        discovered.proposals().stream().map(ProposalResponse::of).toList(), discovered.steps());
  }

  /** Settings that may be right for the mailbox. */
  @Schema(name = "DiscoveryProposal")
  record ProposalResponse(
      @Schema(description = "the name of a known provider") @Nullable String provider,
      String displayName,
      @Schema(description = "preset, mx, autoconfig, srv, autodiscover, ispdb, guess")
          String source,
      @Schema(description = "high, medium, low") String confidence,
      @Nullable ServerResponse smtp,
      @Nullable ServerResponse imap,
      @Schema(description = "the recommended way first") List<SignInResponse> signIn,
      @Schema(description = "the Microsoft Entra tenant of the domain") @Nullable String tenant,
      @Schema(description = "what the owner of the mailbox has to know") List<String> notes) {

    private static ProposalResponse of(Proposal proposal) {
      return new ProposalResponse(
          proposal.provider(),
          proposal.displayName(),
          proposal.source().word(),
          proposal.confidence().word(),
          ServerResponse.of(proposal.smtp()),
          ServerResponse.of(proposal.imap()),
          proposal.signIn().stream().map(SignInResponse::of).toList(),
          proposal.tenant(),
          proposal.notes());
    }
  }

  /** One server, in the words of an account's settings. */
  @Schema(name = "DiscoveryServer")
  record ServerResponse(
      String host,
      int port,
      @Schema(description = "ssl, starttls") String security,
      String username) {

    private static @Nullable ServerResponse of(Proposal.@Nullable Server server) {
      return server == null
          ? null
          : new ServerResponse(
              server.host(), server.port(), server.security().word(), server.username());
    }
  }

  /** One way to sign in. */
  @Schema(name = "DiscoverySignIn")
  record SignInResponse(
      @Schema(description = "password, app-password, oauth") String way,
      @Schema(description = "the OAuth provider") @Nullable String oauthProvider,
      @Schema(description = "the page on which the owner sets it up") @Nullable String url,
      @Schema(description = "what the owner does there") List<String> steps) {

    private static SignInResponse of(SignIn signIn) {
      return new SignInResponse(
          signIn.way().word(), signIn.oauthProvider(), signIn.url(), signIn.steps());
    }
  }
}
