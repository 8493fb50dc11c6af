package org.byoemail.operations.transfer;

import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.operations.setup.AccountSetup;
import org.byoemail.operations.setup.AccountState;
import org.byoemail.outbound.delivery.AccountLimits;
import org.byoemail.platform.audit.AuditLog;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Service;

/**
 * Exports accounts to a file that can be imported again; never a password. Safe for use by many
 * threads.
 */
@Service
public class AccountExport {
  private static final int PAGE = 200;

  private final AccountSetup setup;
  private final AccountLimits limits;
  private final AuditLog audit;

  AccountExport(AccountSetup setup, AccountLimits limits, AuditLog audit) {
    this.setup = setup;
    this.limits = limits;
    this.audit = audit;
  }

  /**
   * Writes the file to a response: the accounts in the order of their creation, a page at a time.
   *
   * @param organization whose accounts; null: all
   */
  public void download(
      @Nullable OrganizationId organization, FileFormat format, HttpServletResponse response)
      throws IOException {
    response.setContentType(format.mediaType() + ";charset=utf-8");
    response.setHeader(
        HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"accounts." + format.word() + "\"");
    write(organization, format, response.getOutputStream());
  }

  private void write(@Nullable OrganizationId organization, FileFormat format, OutputStream out)
      throws IOException {
    audit.recordAlone("accounts.exported", null, organization, Map.of("format", format.word()));
    if (format == FileFormat.CSV) {
      write(out, AccountCsv.header());
    }
    List<AccountState> page = setup.list(organization, null, PAGE);
    while (!page.isEmpty()) {
      for (AccountState state : page) {
        if (!state.account().isPlatform()) {
          write(out, line(state, format));
        }
      }
      UUID last = page.get(page.size() - 1).account().id().value();
      page = page.size() < PAGE ? List.of() : setup.list(organization, last, PAGE);
    }
  }

  private String line(AccountState state, FileFormat format) {
    ObjectNode fields = AccountFields.fields(AccountLine.of(state, limits.of(state.account())));
    return format == FileFormat.CSV ? AccountCsv.line(fields) : AccountFields.write(fields) + "\n";
  }

  private static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
  }
}
