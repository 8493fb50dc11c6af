package org.byoemail.inbound.ingest;

import org.byoemail.support.CyrusServer;
import org.junit.jupiter.api.extension.RegisterExtension;

class CyrusInboundTest extends RealImapServerTest {
  @RegisterExtension static final CyrusServer CYRUS = CyrusServer.shared();

  CyrusInboundTest() {
    super(CYRUS);
  }
}
