// A client as its users would write it, over the types that openapi-typescript makes of the
// contract. It is type-checked, not run; each @ts-expect-error is a mistake that must be found.
import type { components, operations, paths } from "./muster";

type Server = components["schemas"]["Server"];
type Body<Operation extends keyof operations> = operations[Operation] extends {
  requestBody: { content: infer Content };
}
  ? Content[keyof Content]
  : never;

async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  const answer = await fetch(path, {
    method,
    body: body === undefined ? null : JSON.stringify(body),
    headers: { Authorization: "Bearer mst_example", "Content-Type": "application/json" },
  });
  if (!answer.ok) {
    const problem = (await answer.json()) as components["schemas"]["Problem"];
    throw new Error(`${problem.code}: ${problem.detail} (${problem.request_id})`);
  }
  return (await answer.json()) as T;
}

const list: keyof paths = "/api/v1/fleet/servers";

export async function unhealthy(): Promise<Server[]> {
  type Page = operations["listServers"]["responses"]["200"]["content"]["application/json"];
  const found: Server[] = [];
  let cursor: string | null = "";
  while (cursor !== null) {
    const page: Page = await call("GET", `${list}?health=critical&cursor=${cursor}`);
    found.push(...page.items);
    cursor = page.next_cursor;
  }
  return found;
}

export async function register(name: string): Promise<string> {
  const server: Body<"createServer"> = { name, api_url: `https://${name}.example`, tags: ["web"] };
  const made: components["schemas"]["RegisteredServer"] = await call("POST", list, server);
  return made.check?.message ?? made.check_note ?? made.health_status;
}

export async function maintain(ids: string[]): Promise<components["schemas"]["OperationState"]> {
  const wanted: Body<"createOperation"> = {
    action: "set_status",
    parameters: { status: "maintenance" },
    targets: { ids },
    waves: [1, "10%", "100%"],
  };
  const operation: components["schemas"]["Operation"] = await call(
    "POST",
    "/api/v1/fleet/operations",
    wanted,
  );
  return operation.state;
}

export const mistakes = () => {
  // @ts-expect-error: a server needs a name
  const nameless: Body<"createServer"> = { api_url: "https://x.example" };
  // @ts-expect-error: there is no such field
  const misspelt: Body<"changeServer"> = { enviroment: "production" };
  // @ts-expect-error: there is no such role
  const king: Body<"createToken"> = { name: "x", role: "king" };
  // @ts-expect-error: there is no such path
  const nowhere: keyof paths = "/api/v1/fleet/serverz";
  // @ts-expect-error: there is no such state
  const state: Server["health_status"] = "fine";
  return [nameless, misspelt, king, nowhere, state];
};
