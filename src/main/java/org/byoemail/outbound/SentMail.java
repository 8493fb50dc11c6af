package org.byoemail.outbound;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.byoemail.mail.AttemptId;
import org.byoemail.mail.EmailAddress;

/**
 * An attempt and its message, as far as a report about it needs them.
 *
 * @param recipients all of the message
 * @param metadata the producer's own
 */
public record SentMail(
    AttemptId attempt,
    UUID message,
    String organization,
    List<EmailAddress> recipients,
    Map<String, Object> metadata) {}
