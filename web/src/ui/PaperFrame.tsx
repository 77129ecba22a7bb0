import { Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { Refusal } from '@/api/problem'
import classes from './PaperFrame.module.css'
import { Failure } from './states'

/** The page that the server makes of a paper, which may not be framed from its own address. */
async function fetched(address: string): Promise<string> {
  const response = await fetch(address).catch(() => {
    throw Refusal.unreachable()
  })
  if (!response.ok) throw await Refusal.of(response)
  return response.text()
}

// The paper lies on our page, not on a desk of its own.
const ON_OUR_PAGE = `<style>
body { background: none }
main { margin: 0; max-width: none; box-shadow: none }
@media (max-width: 40rem) {
  .wide table { font-size: 0.8rem }
  .wide :is(th, td) { padding-right: 0.5rem; overflow-wrap: normal }
  .wide .tax { min-width: 0 }
}
</style>`

/** A paper as its reader gets it: what the PDF shows, too. */
export function PaperFrame({ address, title }: { address: string; title: string }) {
  const page = useQuery({ queryKey: ['get', address], queryFn: () => fetched(address) })
  if (page.error) return <Failure error={page.error} again={() => void page.refetch()} />
  if (!page.data) return <Skeleton height={640} />
  return (
    <div className={classes.desk}>
      <Sheet html={page.data + ON_OUR_PAGE} title={title} />
    </div>
  )
}

/** A frame as high as what is in it. Nothing in it runs, and nothing in it leads anywhere. */
function Sheet({ html, title }: { html: string; title: string }) {
  const frame = useRef<HTMLIFrameElement>(null)
  const [height, setHeight] = useState(640)
  const fit = () => setHeight(frame.current?.contentDocument?.querySelector('main')?.offsetHeight ?? 640)
  useEffect(() => {
    const watcher = new ResizeObserver(fit)
    if (frame.current) watcher.observe(frame.current)
    return () => watcher.disconnect()
  })
  return (
    <iframe
      ref={frame}
      className="sheet"
      title={title}
      srcDoc={html}
      sandbox="allow-same-origin"
      onLoad={fit}
      width="100%"
      height={height}
      // Paper is white, in the dark as well.
      style={{ border: 0, display: 'block', colorScheme: 'light', background: '#fff' }}
    />
  )
}
