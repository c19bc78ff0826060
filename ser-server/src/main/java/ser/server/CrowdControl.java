package ser.server;

import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.ServerConnector;

/**
 * Makes room where as many connections are open as are allowed: those on which no request is under
 * way are closed, whether they say nothing or send a header byte by byte.
 */
final class CrowdControl {
  /** A client that has connected sends its request within this time. */
  private static final long YOUNGEST_MILLISECONDS = 1_000;

  private final ServerConnector connector;
  private final int most;
  private final Set<EndPoint> busy =
      Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

  CrowdControl(ServerConnector connector, int most) {
    this.connector = connector;
    this.most = most;
  }

  /** Notes that a request has begun on a connection, until it is complete. */
  void begin(Request request) {
    EndPoint connection = connection(request);
    busy.add(connection);
    Request.addCompletionListener(request, failure -> busy.remove(connection));
  }

  /** Notes that a connection is a WebSocket from now on. */
  void keep(Request request) {
    EndPoint connection = connection(request);
    Request.addCompletionListener(request, failure -> busy.add(connection));
    busy.add(connection);
  }

  private static EndPoint connection(Request request) {
    EndPoint connection = request.getConnectionMetaData().getConnection().getEndPoint();
    while (connection instanceof EndPoint.Wrapper wrapper) {
      connection = wrapper.unwrap();
    }
    return connection;
  }

  /** Closes what nobody uses, in a crowd. */
  void sweep() {
    if (connector.getConnectedEndPoints().size() < most) {
      return;
    }
    long oldest = System.currentTimeMillis() - YOUNGEST_MILLISECONDS;
    for (EndPoint connection : connector.getConnectedEndPoints()) {
      if (connection.getCreatedTimeStamp() < oldest && !busy.contains(connection)) {
        connection.close();
      }
    }
  }
}
