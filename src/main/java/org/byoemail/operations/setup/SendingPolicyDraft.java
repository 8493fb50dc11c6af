package org.byoemail.operations.setup;

import io.swagger.v3.oas.annotations.media.Schema;
import org.byoemail.account.registry.ReviewRule;
import org.byoemail.account.registry.SendingPolicy;
import org.jspecify.annotations.Nullable;

/**
 * A sending policy as entered, not validated yet: one section for each gate.
 *
 * @param review null: no mail is reviewed
 */
@Schema(name = "SendingPolicy")
public record SendingPolicyDraft(@Nullable Review review) {

  /**
   * Which mail a person reviews.
   *
   * @param when null: never
   * @param fourEyes null: one person is enough
   * @param expiresAfterHours null: 72
   * @param conversationChanged null: true
   */
  @Schema(name = "ReviewPolicy")
  public record Review(
      @Nullable
          @Schema(
              allowableValues = {"never", "new-correspondents", "external", "always"},
              description =
                  "the mail that waits for a person's approval; each includes the ones before it."
                      + " new-correspondents: to an address that the agent has neither written to nor"
                      + " has authentic mail from; external: to a domain in which the organization"
                      + " has no mailbox")
          String when,
      @Nullable @Schema(description = "two people must approve") Boolean fourEyes,
      @Nullable
          @Schema(
              minimum = "1",
              maximum = "720",
              description = "how long a review waits for a decision; 72 unless given")
          Integer expiresAfterHours,
      @Nullable
          @Schema(
              description =
                  "whether approved mail is reviewed again if its conversation got a new message"
                      + " before it was sent; true unless given")
          Boolean conversationChanged) {}

  /** As it is shown. */
  public static SendingPolicyDraft of(SendingPolicy policy) {
    ReviewRule review = policy.review();
    return new SendingPolicyDraft(
        new Review(
            review.when().word(),
            review.fourEyes(),
            review.expiresAfterHours(),
            review.conversationChanged()));
  }

  /**
   * Reads it.
   *
   * @throws FieldsRefused naming what is wrong, below {@code sendingPolicy}
   */
  public SendingPolicy policy() {
    FieldChecks checks = new FieldChecks();
    SendingPolicy policy = read(checks);
    checks.done();
    return policy;
  }

  SendingPolicy read(FieldChecks checks) {
    return new SendingPolicy(review == null ? ReviewRule.NEVER : rule(checks, review));
  }

  private static ReviewRule rule(FieldChecks checks, Review review) {
    ReviewRule none = ReviewRule.NEVER;
    String word = review.when();
    ReviewRule.When when =
        word == null
            ? none.when()
            : checks.read("sendingPolicy.review.when", () -> ReviewRule.When.of(word));
    Integer hours = review.expiresAfterHours();
    ReviewRule rule =
        checks.read(
            "sendingPolicy.review.expiresAfterHours",
            () ->
                new ReviewRule(
                    when == null ? none.when() : when,
                    Boolean.TRUE.equals(review.fourEyes()),
                    hours == null ? none.expiresAfterHours() : hours,
                    !Boolean.FALSE.equals(review.conversationChanged())));
    return rule == null ? none : rule;
  }
}
