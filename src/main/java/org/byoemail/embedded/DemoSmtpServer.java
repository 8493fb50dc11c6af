package org.byoemail.embedded;

import com.icegreen.greenmail.Managers;
import com.icegreen.greenmail.server.ProtocolHandler;
import com.icegreen.greenmail.smtp.SmtpConnection;
import com.icegreen.greenmail.smtp.SmtpHandler;
import com.icegreen.greenmail.smtp.SmtpManager;
import com.icegreen.greenmail.smtp.SmtpServer;
import com.icegreen.greenmail.smtp.SmtpState;
import com.icegreen.greenmail.smtp.commands.MailCommand;
import com.icegreen.greenmail.smtp.commands.RcptCommand;
import com.icegreen.greenmail.smtp.commands.SmtpCommand;
import com.icegreen.greenmail.smtp.commands.SmtpCommandRegistry;
import com.icegreen.greenmail.util.ServerSetup;
import java.net.Socket;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * GreenMail's SMTP server with mandatory authentication, which GreenMail does not require, and with
 * test addresses that refuse mail.
 */
final class DemoSmtpServer extends SmtpServer {
  private static final int MAX_DEFERRED = 1_000;
  private static final Pattern ADDRESS = Pattern.compile("<([^<>]{1,320})>");

  private final Set<String> deferred = new HashSet<>();

  DemoSmtpServer(ServerSetup setup, Managers managers) {
    super(setup, managers);
  }

  @Override
  protected ProtocolHandler createProtocolHandler(Socket client) {
    return new SmtpHandler(new Commands(), managers.getSmtpManager(), client);
  }

  private final class Commands extends SmtpCommandRegistry {
    private final SmtpCommand mail = new MailFromKnownUsers();
    private final SmtpCommand recipient = new RecipientThatMayRefuse();

    @Override
    public SmtpCommand getCommand(String name) {
      return switch (name) {
        case "MAIL" -> mail;
        case "RCPT" -> recipient;
        default -> super.getCommand(name);
      };
    }
  }

  /** Test addresses refuse mail here, in the dialogue. */
  private final class RecipientThatMayRefuse extends RcptCommand {

    @Override
    public void execute(
        SmtpConnection connection, SmtpState state, SmtpManager manager, String line) {
      Matcher address = ADDRESS.matcher(line);
      String recipient = address.find() ? address.group(1) : "";
      DemoTestAddress.Refusal refusal = refusal(state, recipient);
      if (refusal == null) {
        super.execute(connection, state, manager, line);
      } else {
        connection.send(refusal.reply(recipient));
      }
    }

    /** Null: the recipient is accepted. */
    private DemoTestAddress.@Nullable Refusal refusal(SmtpState state, String recipient) {
      DemoTestAddress kind = DemoTestAddress.of(recipient).orElse(null);
      if (kind == DemoTestAddress.REJECT) {
        return DemoTestAddress.refusal(recipient);
      }
      if (kind == DemoTestAddress.DEFER) {
        return DemoTestAddress.DEFERRED;
      }
      boolean isFirst =
          kind == DemoTestAddress.DEFER_ONCE
              && isFirst(state.getMessage().getReturnPath() + " " + recipient);
      return isFirst ? DemoTestAddress.GREYLISTED : null;
    }
  }

  /** Every second attempt of the same sender is accepted. */
  private boolean isFirst(String pair) {
    synchronized (deferred) {
      if (deferred.remove(pair)) {
        return false;
      }
      if (deferred.size() >= MAX_DEFERRED) {
        deferred.clear();
      }
      return deferred.add(pair);
    }
  }

  private static final class MailFromKnownUsers extends MailCommand {

    @Override
    public void execute(
        SmtpConnection connection, SmtpState state, SmtpManager manager, String line) {
      if (connection.isAuthenticated()) {
        super.execute(connection, state, manager, line);
      } else {
        connection.send("530 5.7.0 Authentication required");
      }
    }
  }
}
