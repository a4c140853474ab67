package io.foretell.gateway.coap;

import org.eclipse.californium.core.coap.Token;
import org.eclipse.californium.oscore.OSCoreCtx;
import org.eclipse.californium.oscore.OSCoreCtxDB;
import org.jspecify.annotations.NullUnmarked;

/**
 * The store that Californium's OSCORE functions note contexts in, by token. Nothing is kept: here a
 * context goes with its exchange.
 */
@NullUnmarked
final class NoContexts implements OSCoreCtxDB {
  static final NoContexts NONE = new NoContexts();

  private NoContexts() {}

  @Override
  public OSCoreCtx getContext(byte[] recipient) {
    return null;
  }

  @Override
  public OSCoreCtx getContext(byte[] recipient, byte[] idContext) {
    return null;
  }

  @Override
  public OSCoreCtx getContext(String uri) {
    return null;
  }

  @Override
  public OSCoreCtx getContextByToken(Token token) {
    return null;
  }

  @Override
  public void addContext(Token token, OSCoreCtx context) {
    // see above
  }

  @Override
  public void addContext(String uri, OSCoreCtx context) {
    // see above
  }

  @Override
  public void addContext(OSCoreCtx context) {
    // see above
  }

  @Override
  public void removeContext(OSCoreCtx context) {
    // see above
  }

  @Override
  public boolean tokenExist(Token token) {
    return false;
  }

  @Override
  public void removeToken(Token token) {
    // see above
  }

  @Override
  public void purge() {
    // see above
  }
}
