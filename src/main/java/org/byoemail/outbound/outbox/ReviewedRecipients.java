package org.byoemail.outbound.outbox;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.byoemail.account.registry.Agents;
import org.byoemail.account.registry.ContactPolicy;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.outbound.provenance.Origin;
import org.byoemail.outbound.provenance.Provenance;
import org.byoemail.outbound.review.Review;
import org.byoemail.platform.conversation.Message;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Where the recipients of a mail in review come from, and who vouches for them. Thread-safe. */
@Component
class ReviewedRecipients {
  private final Provenance provenance;
  private final Agents agents;

  ReviewedRecipients(Provenance provenance, Agents agents) {
    this.provenance = provenance;
    this.agents = agents;
  }

  /** The origin of each recipient of the version that is to be decided. */
  Map<EmailAddress, Origin> origins(Review review, Message message) {
    return provenance.ofMessage(message, recipients(review));
  }

  /**
   * Makes the recipients contacts of the agent, in the transaction of the approval.
   *
   * @return those that were none
   * @throws TooManyContacts if they do not fit
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public List<EmailAddress> vouch(Review review) {
    ContactPolicy policy =
        agents
            .find(review.agent())
            .orElseThrow(() -> new TooManyContacts("the agent is deleted"))
            .contactPolicy();
    List<EmailAddress> added = new ArrayList<>();
    for (EmailAddress recipient : recipients(review)) {
      if (policy.lists(recipient)) {
        continue;
      }
      if (!agents.addContact(review.agent(), recipient, ContactPolicy.MAX_CONTACTS)) {
        throw new TooManyContacts(
            "the agent has %,d contacts: remove some of them, or approve without vouch"
                .formatted(ContactPolicy.MAX_CONTACTS));
      }
      added.add(recipient);
    }
    return added;
  }

  private static List<EmailAddress> recipients(Review review) {
    return review.version().recipients().stream().map(EmailAddress::new).toList();
  }
}
