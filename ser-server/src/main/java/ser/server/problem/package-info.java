/** Problem details (RFC 9457), and the parameters of requests and sessions. */
package ser.server.problem;
