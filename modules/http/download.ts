import type { ModuleContext } from '../../engine/module/define.js'
import { plainRequest, requestOf } from './options.js'
import { type HttpResponse, type HttpTool, httpRequest } from './request.js'

interface Download {
  readonly url: string
  readonly validate_certs: boolean
  /** Seconds. */
  readonly timeout?: number
  /** Directory on the host where the body is kept, as `out`. */
  readonly keep?: string
}

/** For modules that take a URL and none of get_url's options. The host asks, so that its proxies and certificates count. */
export const download = (
  { remote, fail }: Pick<ModuleContext<unknown>, 'remote' | 'fail'>,
  tool: HttpTool,
  { url, validate_certs, timeout = 10, keep }: Download,
): Promise<HttpResponse> => {
  const options = { ...plainRequest, url, validate_certs, timeout }
  return httpRequest(remote, tool, requestOf(options, { method: 'GET', follow: 'urllib2' }), fail, keep)
}
