package org.byoemail.api;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import java.util.Map;
import org.byoemail.operations.setup.AgentDraft;
import org.byoemail.operations.setup.SendingPolicyDraft;
import org.jspecify.annotations.Nullable;

/** The body of a request that creates or changes an agent. */
@Schema(name = "AgentRequest")
record AgentRequest(
    @Schema(requiredMode = Schema.RequiredMode.REQUIRED) @Nullable String name,
    @Nullable String organization,
    @Nullable
        @Schema(
            allowableValues = {"assistant", "support", "back-office", "newsletters", "outreach"},
            description =
                "of a new agent only: what it is for, from which contactPolicy.inbound follows unless"
                    + " it is given (known, open, listed, open, known), and sendingPolicy.review.when"
                    + " (new-correspondents, never, external, always, never). With support, mail"
                    + " with a finding is reviewed; outreach has a quota of new correspondents.")
        String kind,
    @Nullable Policy contactPolicy,
    @Nullable
        @Schema(
            description =
                "which mail a person reviews before it is sent, and what other gates ask; without"
                    + " kind, a new agent's mail is not reviewed")
        SendingPolicyDraft sendingPolicy) {

  AgentDraft draft() {
    return draftOfContacts().with(sendingPolicy);
  }

  private AgentDraft draftOfContacts() {
    return contactPolicy == null
        ? new AgentDraft(name, kind, null, null, null, null, null, null)
        : new AgentDraft(
            name,
            kind,
            contactPolicy.inbound(),
            contactPolicy.outbound(),
            contactPolicy.contacts(),
            contactPolicy.requireAuthentication(),
            contactPolicy.unproven(),
            contactPolicy.findings());
  }

  /** Who may write to an agent and to whom it may write. */
  record Policy(
      @Nullable @Schema(allowableValues = {"open", "known", "listed"}) String inbound,
      @Nullable @Schema(allowableValues = {"open", "known", "listed"}) String outbound,
      @Nullable @Schema(description = "addresses (a@x) and domains (@x)")
          List<@Nullable String> contacts,
      @Nullable
          @Schema(
              description =
                  "with unproven: admit, whether mail of listed contacts must be authentic, as far as"
                      + " the receiving server checks it; true unless given")
          Boolean requireAuthentication,
      @Nullable
          @Schema(
              allowableValues = {"hold", "admit"},
              description =
                  "what happens to mail of a contact, under known and listed, whose sender is not"
                      + " authentic: held for review, or ingested; hold unless given, or admit where"
                      + " requireAuthentication is false")
          String unproven,
      @Nullable
          @Schema(
              description =
                  "what happens to mail with a finding, for each kind (macro-file, link-mismatch,"
                      + " ...): allow leaves the finding out, hold holds the mail for review, mark"
                      + " (the default for kinds that are not listed) shows it")
          Map<String, @Nullable String> findings) {}
}
