package org.byoemail.inbound.ingest;

import java.time.Duration;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * What mail is taken in.
 *
 * @param markSeen whether mail that was taken in is marked read in the mailbox (used by the route)
 * @param maxMessageSize a larger mail is quarantined with its header only
 * @param maxReportSize a larger mail is not read to find out whether it is a delivery report
 * @param maxAttachmentSize a larger file is recorded with its name and size, but not stored
 * @param loopLimit how many mails a correspondent may send an agent within an hour, and be sent by
 *     it, before it is held
 * @param stripReplies whether the API also gives the text without what it quotes
 * @param stripForwards whether that is without what is forwarded, too
 * @param authenticationServers the authserv-id that the receiving server of an IMAP host writes
 *     into Authentication-Results, by the name of that host
 * @param maxHeld how many mails are held for review for an agent, of one sender a tenth; further
 *     ones are refused
 * @param digestCheckInterval how often to check whether the daily digest of held mail is due (used
 *     by the route)
 * @param recheckInterval how often held mail is looked for whose sender DNS could not prove (used
 *     by the route)
 * @param rereadInterval how often a few stored mails are read again after the reader has changed
 *     (used by the route)
 */
@ConfigurationProperties("byo.inbound")
record InboundSettings(
    @DefaultValue("true") boolean markSeen,
    @DefaultValue("50MB") DataSize maxMessageSize,
    @DefaultValue("10MB") DataSize maxReportSize,
    @DefaultValue("25MB") DataSize maxAttachmentSize,
    @DefaultValue("30") int loopLimit,
    @DefaultValue("true") boolean stripReplies,
    @DefaultValue("false") boolean stripForwards,
    @DefaultValue Map<String, String> authenticationServers,
    @DefaultValue("5000") int maxHeld,
    @DefaultValue("5m") Duration digestCheckInterval,
    @DefaultValue("30s") Duration recheckInterval,
    @DefaultValue("1s") Duration rereadInterval) {

  InboundSettings {
    if (maxMessageSize.toBytes() < 1
        || maxMessageSize.compareTo(DataSize.ofMegabytes(50)) > 0
        || maxReportSize.compareTo(maxMessageSize) > 0) {
      throw new IllegalArgumentException(
          "byo.inbound: max-message-size is at most 50MB, max-report-size at most as much");
    }
    if (loopLimit < 1) {
      throw new IllegalArgumentException("byo.inbound.loop-limit is at least 1");
    }
    if (maxHeld < 10 || maxHeld > 100_000) {
      throw new IllegalArgumentException("byo.inbound.max-held is from 10 to 100000");
    }
    authenticationServers = Map.copyOf(authenticationServers);
  }
}
