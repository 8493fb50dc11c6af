package org.byoemail.account.discovery;

import java.io.ByteArrayInputStream;
import java.util.Locale;
import java.util.Map;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.byoemail.account.discovery.Proposal.Server;
import org.byoemail.account.registry.ServerSettings.Security;
import org.byoemail.format.mail.EmailAddress;
import org.jspecify.annotations.Nullable;

/**
 * A document in Thunderbird's autoconfig format (version 1.1): the first IMAP and the first SMTP
 * server with TLS.
 *
 * @param displayName of the provider; null if absent or not printable
 * @param smtp null if no SMTP server has TLS
 * @param imap null if no IMAP server has TLS
 */
record Autoconfig(@Nullable String displayName, @Nullable Server smtp, @Nullable Server imap) {
  private static final int MAX_DEPTH = 12;
  private static final int MAX_ELEMENTS = 1_000;
  private static final int MAX_TEXT = 300;
  private static final int MAX_NAME = 80;
  private static final Map<String, Security> SECURITY =
      Map.of("SSL", Security.SSL, "STARTTLS", Security.STARTTLS);

  /**
   * Reads a document. One with a DOCTYPE is refused, so it cannot define entities.
   *
   * @throws DocumentRefused if it is not well-formed, too deep, too large, or in another format
   */
  static Autoconfig parse(byte[] xml, EmailAddress address) throws DocumentRefused {
    // The JDK's own factory: what others on the class path allow is unknown.
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_COALESCING, false);
    try {
      XMLStreamReader reader = factory.createXMLStreamReader(new ByteArrayInputStream(xml));
      try {
        return new Reading(reader, address).document();
      } finally {
        reader.close();
      }
    } catch (XMLStreamException e) {
      throw new DocumentRefused("the document is not well-formed XML", e);
    }
  }

  /** The state of reading one document. */
  private static final class Reading {
    private final XMLStreamReader reader;
    private final EmailAddress address;
    private final String[] path = new String[MAX_DEPTH + 1];
    private final StringBuilder text = new StringBuilder();
    private int depth;
    private int elements;
    private @Nullable String displayName;
    private @Nullable Server smtp;
    private @Nullable Server imap;
    private String type = "";
    private String host = "";
    private int port;
    private @Nullable Security security;
    private String username = "";

    Reading(XMLStreamReader reader, EmailAddress address) {
      this.reader = reader;
      this.address = address;
    }

    Autoconfig document() throws XMLStreamException, DocumentRefused {
      while (reader.hasNext()) {
        switch (reader.next()) {
          case XMLStreamConstants.DTD ->
              throw new DocumentRefused("the document has a DOCTYPE, which is not allowed");
          case XMLStreamConstants.ENTITY_REFERENCE ->
              throw new DocumentRefused("the document has entities, which are not allowed");
          case XMLStreamConstants.START_ELEMENT -> begin();
          case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> {
            if (text.length() <= MAX_TEXT) {
              text.append(reader.getText());
            }
          }
          case XMLStreamConstants.END_ELEMENT -> end();
          default -> {
            // Comments and processing instructions are ignored.
          }
        }
      }
      if (!"clientConfig".equals(path[1])) {
        throw new DocumentRefused("the document is not in Thunderbird's autoconfig format");
      }
      return new Autoconfig(displayName, smtp, imap);
    }

    private void begin() throws DocumentRefused {
      if (++depth > MAX_DEPTH || ++elements > MAX_ELEMENTS) {
        throw new DocumentRefused("the document is nested too deeply, or too large");
      }
      path[depth] = reader.getLocalName();
      text.setLength(0);
      if (isServer(path[depth])) {
        String given = reader.getAttributeValue(null, "type");
        type = given == null ? "" : given.toLowerCase(Locale.ROOT);
        host = "";
        port = 0;
        security = null;
        username = "";
      }
    }

    private static boolean isServer(String element) {
      return element.equals("incomingServer") || element.equals("outgoingServer");
    }

    private void end() {
      String element = path[depth];
      String value = text.length() > MAX_TEXT ? "" : text.toString().strip();
      text.setLength(0);
      boolean ofServer = depth > 1 && isServer(path[depth - 1]);
      if (ofServer) {
        field(element, value);
      } else if (isServer(element)) {
        keep();
      } else if (element.equals("displayName") && displayName == null) {
        displayName = printable(value);
      }
      depth--;
    }

    private void field(String element, String value) {
      switch (element) {
        case "hostname" -> host = filled(value).toLowerCase(Locale.ROOT);
        case "port" -> port = value.matches("\\d{1,5}") ? Integer.parseInt(value) : 0;
        case "socketType" -> security = SECURITY.get(value.toUpperCase(Locale.ROOT));
        case "username" -> username = username.isEmpty() ? filled(value) : username;
        default -> {
          // The server itself says how it authenticates.
        }
      }
    }

    private void keep() {
      Security secured = security;
      if (secured == null || !host.matches("[a-z0-9._-]{1,253}") || port < 1 || port > 65_535) {
        return;
      }
      boolean plain = !username.isEmpty() && username.chars().noneMatch(Character::isISOControl);
      Server server = new Server(host, port, secured, plain ? username : address.value());
      if (type.equals("imap") && imap == null) {
        imap = server;
      } else if (type.equals("smtp") && smtp == null) {
        smtp = server;
      }
    }

    private String filled(String value) {
      return value
          .replace("%EMAILADDRESS%", address.value())
          .replace("%EMAILLOCALPART%", address.localPart())
          .replace("%EMAILDOMAIN%", address.domain());
    }

    private static @Nullable String printable(String value) {
      boolean clean =
          !value.isEmpty()
              && value.length() <= MAX_NAME
              && value.chars().noneMatch(Character::isISOControl);
      return clean ? value : null;
    }
  }
}
