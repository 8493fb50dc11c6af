package org.byoemail.support;

import jakarta.mail.Folder;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Store;
import jakarta.mail.internet.MimeMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/** Reads a folder over IMAPS without leaving a trace in it. */
final class ImapReader {
  private final String host;
  private final int port;

  ImapReader(String host, int port) {
    this.host = host;
    this.port = port;
  }

  /** Complete copies, with their flags, oldest first. */
  List<MimeMessage> read(MailUser user, String folderName) {
    try (Store store = session().getStore()) {
      store.connect(user.address(), user.password());
      Folder folder = store.getFolder(folderName);
      folder.open(Folder.READ_ONLY);
      List<MimeMessage> copies = new ArrayList<>();
      for (Message message : folder.getMessages()) {
        copies.add(new MimeMessage((MimeMessage) message));
      }
      folder.close(false);
      return copies;
    } catch (MessagingException e) {
      throw new IllegalStateException("Cannot read " + folderName + " of " + user.address(), e);
    }
  }

  private Session session() {
    Properties settings = new Properties();
    settings.put("mail.store.protocol", "imaps");
    settings.put("mail.imaps.host", host);
    settings.put("mail.imaps.port", String.valueOf(port));
    settings.put("mail.imaps.peek", "true");
    settings.put("mail.imaps.timeout", "30000");
    settings.put(
        "mail.imaps.ssl.socketFactory",
        CertificateAuthority.shared().clientContext().getSocketFactory());
    return Session.getInstance(settings);
  }
}
