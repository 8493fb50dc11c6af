package org.byoemail.format.report.family;

import java.util.List;

/** The families that are known. */
public final class MtaSignatures {
  /** In the order in which they are asked: those that look like another one come before it. */
  public static final List<MtaSignature> ALL =
      List.of(
          GoogleGroups.FAMILY,
          Gmail.FAMILY,
          MailRu.FAMILY,
          Yandex.FAMILY,
          OneAndOne.FAMILY,
          MxLogic.FAMILY,
          Zoho.FAMILY,
          DragonFly.FAMILY,
          OpenSmtpd.FAMILY,
          JapaneseCarrier.FAMILY,
          MFilter.FAMILY,
          Biglobe.FAMILY,
          InterScan.FAMILY,
          MailMarshal.FAMILY,
          MailFoundry.FAMILY,
          MessageLabs.FAMILY,
          MimeSweeper.FAMILY,
          SurfControl.FAMILY,
          AmazonWorkMail.FAMILY,
          ReceivingSes.FAMILY,
          Verizon.FAMILY,
          ApacheJames.FAMILY,
          MDaemon.FAMILY,
          MessagingServer.FAMILY,
          Netscape.FAMILY,
          Exchange.FAMILY,
          Office365.FAMILY,
          Notes.FAMILY,
          Domino.FAMILY,
          IMail.FAMILY,
          Yahoo.FAMILY,
          Qmail.FAMILY,
          Postfix.FAMILY,
          Exim.FAMILY,
          Sendmail.FAMILY,
          Courier.FAMILY,
          ListServer.FAMILY);

  /** For a server that none of them knows: what is common to all. */
  public static final MtaSignature UNKNOWN = MtaSignature.named("unknown-server");

  private MtaSignatures() {}
}
